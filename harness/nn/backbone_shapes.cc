#include "harness/core/error.h"
#include "harness/core/suggest.h"
#include "harness/nn/backbone.h"
#include "harness/nn/model.h"

namespace bcr {
namespace {

// A net small enough to train on two CPU cores: 64x32 pixels end in a map of 8x4. The closing 1x1
// convolution doubles the feature width for 5 to 10 % of a step's time; widening the last stage
// instead would cost half of the speed.
BackboneShape Micro(const std::string& name, int w) {
  return {name, w, 3, false, false, {{2, w, 1}, {2, 2 * w, 2}, {2, 4 * w, 2}}, 8 * w};
}

// He et al. 2016, with the last stride at 1 (Luo et al. 2019).
BackboneShape Resnet(const std::string& name, bool bottleneck, const std::vector<int>& blocks) {
  return {name,
          64,
          7,
          true,
          bottleneck,
          {{blocks[0], 64, 1}, {blocks[1], 128, 2}, {blocks[2], 256, 2}, {blocks[3], 512, 1}},
          0};
}

}  // namespace

int BackboneShape::feature_width() const {
  if (last_width > 0) return last_width;
  return stages.back().width * (bottleneck ? 4 : 1);
}

const std::vector<BackboneShape>& BackboneShapes() {
  static const std::vector<BackboneShape> shapes = {
      Micro("micro16", 16),
      Micro("micro32", 32),
      Resnet("resnet18", false, {2, 2, 2, 2}),
      Resnet("resnet50", true, {3, 4, 6, 3}),
  };
  return shapes;
}

const BackboneShape& FindBackbone(const std::string& name) {
  for (const BackboneShape& shape : BackboneShapes())
    if (shape.name == name) return shape;
  throw Error(ErrorCode::kConfig, {"backbone", "`" + name + "`", "a known backbone",
                                   SuggestionFor(name, BackboneNames())});
}

std::vector<std::string> BackboneNames() {
  std::vector<std::string> names;
  for (const BackboneShape& shape : BackboneShapes()) names.push_back(shape.name);
  return names;
}

int BackboneWidth(const std::string& backbone) { return FindBackbone(backbone).feature_width(); }

}  // namespace bcr
