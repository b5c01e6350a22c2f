#include "methods/support/average_k.h"

#include <ATen/ATen.h>

#include <limits>

namespace bcr {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

at::Tensor Reaching(const at::Tensor& scores, const at::Tensor& valid, int64_t count) {
  const at::Tensor within = valid.unsqueeze(1).expand_as(scores);
  if (count >= scores.numel()) return within.clone();
  const at::Tensor ranked = scores.masked_fill(within.logical_not(), -kInfinity);
  // Where every label of the valid rows is wanted, the next score is that of a row outside, and so is
  // the midpoint.
  return (ranked >= AverageKThreshold(ranked, count)).logical_and(within);
}

at::Tensor Largest(const at::Tensor& scores, const at::Tensor& own, const at::Tensor& valid,
                   int64_t count) {
  const at::Tensor ranked =
      scores.masked_fill(own, kInfinity).masked_fill(valid.logical_not().unsqueeze(1), -kInfinity);
  const at::Tensor places = std::get<1>(ranked.flatten().topk(count));
  return at::zeros({scores.numel()}, own.options()).index_fill_(0, places, true).view_as(own);
}

}  // namespace

at::Tensor AverageKThreshold(const at::Tensor& scores, int64_t count) {
  const at::Tensor top = std::get<0>(scores.to(at::kDouble).flatten().topk(count + 1));
  return (top[count - 1] + top[count]) * 0.5;
}

at::Tensor AverageKLabels(AverageKChoice choice, const at::Tensor& scores, const at::Tensor& labels,
                          const at::Tensor& valid, int64_t count) {
  const at::Tensor wide = scores.detach().to(at::kDouble);
  const at::Tensor classes = at::arange(scores.size(1), labels.options()).unsqueeze(0);
  const at::Tensor own = labels.unsqueeze(1).eq(classes).logical_and(valid.unsqueeze(1));
  if (choice == AverageKChoice::kOwnFirst) return Largest(wide, own, valid, count);
  const at::Tensor reached = Reaching(wide, valid, count);
  return choice == AverageKChoice::kUnion ? reached.logical_or(own) : reached;
}

}  // namespace bcr
