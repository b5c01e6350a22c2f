#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/nn/layers.h"

namespace bcr {

// A residual network in numbers. Stem: convolution of stride 2, batch norm, ReLU, optionally a 3x3
// stride-2 max pool. Then stages of equal blocks whose first one carries the stride, then
// optionally a 1x1 convolution to the feature width.
struct BackboneShape {
  struct Stage {
    int blocks, width, stride;
  };
  std::string name;
  int stem_width = 64, stem_kernel = 7;
  bool stem_pool = true;
  bool bottleneck = false;  // 1x1, 3x3, 1x1 with expansion 4; otherwise 3x3, 3x3
  std::vector<Stage> stages;
  int last_width = 0;  // of the closing 1x1 convolution; 0: none

  int feature_width() const;
};

// All known shapes. Throws kConfig with a suggestion for an unknown name.
const std::vector<BackboneShape>& BackboneShapes();
const BackboneShape& FindBackbone(const std::string& name);

// A trunk from images to a map of features. Private to harness/nn.
class Backbone {
 public:
  virtual ~Backbone() = default;
  // images B x 3 x H x W, channels-last; map B x feature_width x h x w.
  virtual void Forward(const at::Tensor& images, bool training, at::Tensor* map) const = 0;
};

// Its tensors are added to the context's table as <prefix><torchvision name>, the closing
// convolution as conv_last and bn_last. The stride of a bottleneck sits on its 3x3 convolution.
std::unique_ptr<Backbone> NewResidualBackbone(const BackboneShape& shape, LayerContext context,
                                              const std::string& prefix);

}  // namespace bcr
