#include "tests/unit/methods/label_scene.h"

#include <gtest/gtest.h>

#include "tests/unit/cluster/points.h"

namespace bcr::testing {

LabelScene::LabelScene(const std::string& source, const std::string& parameters)
    : features(NoisyIdentities(300, 16, 15, 0.6, 4)) {
  LabelContext context;
  for (size_t i = 0; i < 300; ++i) {
    context.truth.push_back(static_cast<int64_t>(i % 15));
    context.cameras.push_back(static_cast<int64_t>(i % 2));
  }
  made = MakeLabelSource(label_source_table(), source, parameters, context);
}

LabelSet LabelScene::At(int epoch) {
  EpochStart start;
  start.epoch = epoch;
  start.features = [this]() -> const FloatMatrix& { return features; };
  LabelSet labels;
  EXPECT_TRUE(made->Refresh(start, labels));
  return labels;
}

}  // namespace bcr::testing
