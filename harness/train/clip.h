#pragma once

#include <vector>

namespace at {
class Tensor;
}

namespace bcr {

// Shortens the gradients of these parameters, as one vector, to the length `longest` where they are
// longer: g <- g min(1, longest / (|g| + 1e-6)), as PyTorch's clip_grad_norm_. Parameters without a
// gradient take no part. The length stays on the device: nothing waits for it.
void ClipGradients(const std::vector<at::Tensor>& parameters, double longest);

}  // namespace bcr
