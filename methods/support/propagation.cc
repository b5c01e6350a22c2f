#include "methods/support/propagation.h"

#include <ATen/ATen.h>

#include <limits>

namespace bcr {

namespace {

at::Tensor Rows(MatrixView view) {
  return at::from_blob(const_cast<float*>(view.data),
                       {static_cast<int64_t>(view.rows), static_cast<int64_t>(view.cols)},
                       at::kFloat)
      .to(at::kDouble);
}

}  // namespace

std::vector<double> RefinedPrototype(MatrixView fresh, MatrixView old, double temperature,
                                     double share) {
  const at::Tensor n = Rows(fresh), o = Rows(old);
  const int64_t m = n.size(0);
  at::Tensor neighbours = at::ones({1, 1}, at::kDouble);
  if (m > 1) {
    const at::Tensor own = at::eye(m, at::kBool);
    neighbours = (n.matmul(n.t()) / temperature)
                     .masked_fill(own, -std::numeric_limits<double>::infinity())
                     .softmax(1);
  }
  const at::Tensor system = at::eye(m, at::kDouble) - share * neighbours;
  const at::Tensor mean = ((1 - share) * at::linalg_solve(system, o)).mean(0).contiguous();
  return {mean.data_ptr<double>(), mean.data_ptr<double>() + mean.numel()};
}

}  // namespace bcr
