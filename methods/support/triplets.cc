#include "methods/support/triplets.h"

#include <ATen/ATen.h>

namespace bcr {

at::Tensor DistancesAmong(const at::Tensor& x) {
  const at::Tensor square = x.pow(2).sum(1, true);
  return (square + square.t() - 2 * x.matmul(x.t())).clamp_min(1e-12).sqrt();
}

at::Tensor TripletLoss(const at::Tensor& gap, double margin) {
  return margin > 0 ? (gap + margin).clamp_min(0.0) : at::softplus(gap);
}

const char* TripletTerm(double margin) { return margin > 0 ? "margin" : "soft"; }

}  // namespace bcr
