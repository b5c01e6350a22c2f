#pragma once

namespace at {
class Tensor;
}

namespace bcr {

// mean_i KL(p_i || q_i), p_i and q_i the softmax over the candidates j of row i of wanted_ij / T and
// said_ij / T. All B x B, `candidates` bool; rows without a candidate take no part. The gradient
// goes to `said` alone.
at::Tensor ProfileKl(const at::Tensor& wanted, const at::Tensor& said, const at::Tensor& candidates,
                     double temperature);

}  // namespace bcr
