#pragma once

namespace at {
class Tensor;
}

namespace bcr {

// Generalised mean over the map: (mean of max(x, 1e-6)^p)^(1/p). map B x d x h x w, p of one
// element; B x d. Radenovic et al., "Fine-tuning CNN Image Retrieval with No Human Annotation",
// equation 3.
at::Tensor GemPool(const at::Tensor& map, const at::Tensor& p);
// Plain mean over the map.
at::Tensor AveragePool(const at::Tensor& map);

}  // namespace bcr
