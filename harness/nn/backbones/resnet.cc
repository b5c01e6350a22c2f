// He et al. 2016, "Deep Residual Learning for Image Recognition", table 1, with the last stride at
// 1 (Luo et al. 2019, "Bag of Tricks").
// Switch ibn=a: IBN-a of Pan et al. 2018, "Two at Once", in every block of the first three stages;
// as in the authors' code, the first normalisation of the block alone changes. Switch
// stem_relu=off: the stem of the public BoT code, which has no ReLU between batch norm and max
// pool.
#include "harness/nn/backbones/residual.h"

namespace bcr {
namespace {

ResidualShape Shape(bool bottleneck, const std::vector<int>& blocks, const SwitchValues& values) {
  const bool ibn = values.at("ibn") == "a";
  ResidualShape shape;
  shape.stem_relu = values.at("stem_relu") == "on";
  shape.bottleneck = bottleneck;
  shape.stages = {{blocks[0], 64, 1, ibn},
                  {blocks[1], 128, 2, ibn},
                  {blocks[2], 256, 2, ibn},
                  {blocks[3], 512, 1, false}};
  return shape;
}

BackboneInfo Resnet(const std::string& depth, bool bottleneck, const std::vector<int>& blocks) {
  BackboneInfo info;
  info.name = "resnet" + depth;
  info.revision = 1;
  info.about = "ResNet-" + depth + ", last stride 1";
  info.source = "He et al., CVPR 2016; names of torchvision and of IBN-Net's code";
  info.feature_width = bottleneck ? 2048 : 512;
  info.map_widths = {bottleneck ? 1024 : 256, info.feature_width};
  info.switches = {
      {"ibn", {"none", "a"}, "instance and batch normalisation (Pan et al., ECCV 2018)"},
      {"stem_relu", {"on", "off"}, "ReLU of the stem; off as in the public BoT code"}};
  info.weights = TorchvisionNames();
  info.make = [bottleneck, blocks](const SwitchValues& values, const LayerContext& context,
                                   const std::string& prefix) {
    return NewResidualBackbone(Shape(bottleneck, blocks, values), context, prefix);
  };
  return info;
}

}  // namespace

const BackboneInfo& backbone_resnet18() {
  static const BackboneInfo info = Resnet("18", false, {2, 2, 2, 2});
  return info;
}

const BackboneInfo& backbone_resnet34() {
  static const BackboneInfo info = Resnet("34", false, {3, 4, 6, 3});
  return info;
}

const BackboneInfo& backbone_resnet50() {
  static const BackboneInfo info = Resnet("50", true, {3, 4, 6, 3});
  return info;
}

const BackboneInfo& backbone_resnet101() {
  static const BackboneInfo info = Resnet("101", true, {3, 4, 23, 3});
  return info;
}

const BackboneInfo& backbone_resnet152() {
  static const BackboneInfo info = Resnet("152", true, {3, 8, 36, 3});
  return info;
}

}  // namespace bcr
