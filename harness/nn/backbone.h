#pragma once

#include "harness/nn/backbone_info.h"
#include "harness/nn/layers.h"

namespace bcr {

class Model;
struct ModelSpec;

using Pooling = std::function<at::Tensor(const at::Tensor&)>;  // B x c x h x w to B x c

// A network from images to a map of features. The model pools the map (by generalised mean or by
// average, as its spec says) between the two steps; BNNeck and head follow the second.
// A network with a class token gives the token, as a map of one place.
// Private to harness/nn.
class Backbone {
 public:
  virtual ~Backbone() = default;
  // images B x 3 x H x W, channels-last; map B x c x h x w.
  virtual void Forward(const at::Tensor& images, const ForwardContext& context,
                       at::Tensor* map) const = 0;
  // Pools the map with the model's pooling. A network with branches pools regions of its own.
  virtual void Pool(const at::Tensor& map, const Pooling& pool, at::Tensor* pooled) const;
  // Layers of the published network that follow pooling: B x c, float32, replaced by B x
  // feature_width. Most networks have none.
  virtual void AfterPooling(const ForwardContext& /*context*/, at::Tensor* /*pooled*/) const {}
};

// What Model::Make does once it knows the backbone. Tests call it with a backbone of their own.
std::unique_ptr<Model> MakeModel(const ModelSpec& spec, const BackboneChoice& backbone,
                                 const Initialiser& initialiser);

}  // namespace bcr
