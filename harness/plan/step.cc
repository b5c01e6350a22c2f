#include "harness/plan/step.h"

#include <array>

#include "harness/plan/given_model.h"

namespace bcr {

ImageList ListOf(const std::vector<ViewRows>& views) {
  ImageList list;
  for (const ViewRows& view : views)
    list.parts.push_back({view.data, Split::kTrain, view.rows, view.hash});
  return list;
}

int FeatureWidthOf(const ModelWork& work) {
  return work.given != nullptr ? work.given->feature_width : work.spec.FeatureWidth();
}

bool IsCuda(const std::string& device) { return device.starts_with("cuda"); }

const char* KindOf(const Step& step) {
  constexpr std::array kNames = {"images", "model", "features", "adapter", "cell"};
  return kNames[step.work.index()];
}

}  // namespace bcr
