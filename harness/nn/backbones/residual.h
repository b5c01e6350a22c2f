#pragma once

#include "harness/nn/backbone.h"

namespace bcr {

// A residual network in numbers. Stem: convolution of stride 2, batch norm, ReLU (or none),
// optionally a 3x3 stride-2 max pool. Then stages of equal blocks whose first one carries the
// stride, then optionally a 1x1 convolution to the feature width.
struct ResidualShape {
  struct Stage {
    int blocks, width, stride;
    // The first normalisation of each block is half instance, half batch normalisation.
    bool instance_norm = false;
  };
  int stem_width = 64, stem_kernel = 7;
  bool stem_pool = true, stem_relu = true;
  bool bottleneck = false;  // 1x1, 3x3, 1x1 with expansion 4; otherwise 3x3, 3x3
  std::vector<Stage> stages;
  int last_width = 0;  // of the closing 1x1 convolution; 0: none

  int feature_width() const;
  int blocks() const;  // of all stages
  std::vector<int> map_widths()
      const;  // BackboneInfo::map_widths: the inner stage is the last but one
};

// Tensors have torchvision's names, the closing convolution's are conv_last and bn_last. The stride
// of a bottleneck sits on its 3x3 convolution.
std::unique_ptr<Backbone> NewResidualBackbone(const ResidualShape& shape,
                                              const LayerContext& context,
                                              const std::string& prefix);
// The blocks from `begin` to before `end`, counted over all stages, as a network of their own with
// the same names: the stem stands before block 0, the closing convolution behind the last block.
// From a later block on it takes the map of the block before, B x c x h x w, in the images' place.
struct BlockRange {
  int begin, end;
};
std::unique_ptr<Backbone> NewResidualPart(const ResidualShape& shape, const BlockRange& range,
                                          const LayerContext& context, const std::string& prefix);
// Of weight files with torchvision's names.
WeightNames TorchvisionNames();

}  // namespace bcr
