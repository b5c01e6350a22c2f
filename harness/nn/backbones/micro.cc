// Networks small enough to train on two CPU cores: 64x32 pixels end in a map of 8x4. The closing
// 1x1 convolution doubles the feature width for 5 to 10 % of a step's time; widening the last stage
// instead would cost half of the speed.
#include "harness/nn/backbones/residual.h"

namespace bcr {
namespace {

BackboneInfo Micro(int width) {
  const std::string w = std::to_string(width);
  ResidualShape shape;
  shape.stem_width = width;
  shape.stem_kernel = 3;
  shape.stem_pool = false;
  shape.stages = {{2, width, 1}, {2, 2 * width, 2}, {2, 4 * width, 2}};
  shape.last_width = 8 * width;
  BackboneInfo info;
  info.name = "micro" + w;
  info.revision = 1;
  info.about = "Six basic residual blocks, " + w + " channels at first; for small images and CPUs";
  info.source = "of this project";
  info.feature_width = shape.feature_width();
  info.map_widths = shape.map_widths();
  info.weights = TorchvisionNames();
  info.make = [shape](const SwitchValues&, const LayerContext& context, const std::string& prefix) {
    return NewResidualBackbone(shape, context, prefix);
  };
  return info;
}

}  // namespace

const BackboneInfo& backbone_micro16() {
  static const BackboneInfo info = Micro(16);
  return info;
}

const BackboneInfo& backbone_micro32() {
  static const BackboneInfo info = Micro(32);
  return info;
}

}  // namespace bcr
