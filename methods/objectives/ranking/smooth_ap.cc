#include "methods/objectives/ranking/smooth_ap.h"

#include <ATen/ATen.h>

#include <limits>
#include <tuple>

namespace bcr {

namespace {

at::Tensor Sharp(const at::Tensor& x, double temperature) {
  return at::sigmoid((x / temperature).clamp(-50.0, 50.0));
}

// The differences with their constants, and the smoothed comparison of negatives.
struct Reactivated {
  at::Tensor shifted;   // D + c, what decides whether a pair is live
  at::Tensor compared;  // G of it
};

Reactivated Compare(const at::Tensor& d, const at::Tensor& hardest,
                    const SmoothApOptions& options) {
  const double t = options.temperature;
  const double b = options.beta * t;
  const std::string& kind = options.reactivation;
  if (kind == "A" || kind == "A1") {
    at::Tensor c = hardest.clamp(-b, b) - hardest;
    if (kind == "A1") c = at::where(hardest < -b, c, at::zeros_like(c));
    const at::Tensor shifted = d + c.detach();
    return {shifted, Sharp(shifted, t)};
  }
  if (kind == "B") {
    const at::Tensor shifted = d + (d.clamp(-b, b) - d).detach();
    return {shifted, Sharp(shifted, t)};
  }
  if (kind == "C") {
    const at::Tensor wide = Sharp(d, options.wide_temperature);
    return {d, wide + (Sharp(d, t) - wide).detach()};
  }
  return {d, Sharp(d, t)};
}

// The smoothed count of negatives above each listed positive: B x P.
at::Tensor CountAbove(const Reactivated& pairs, const at::Tensor& d, const at::Tensor& negatives,
                      const at::Tensor& live, const SmoothApOptions& options,
                      const SmoothApItems& items) {
  const auto type = d.scalar_type();
  at::Tensor compared = pairs.compared;
  at::Tensor weights = negatives.to(type);  // B x M
  if (options.reactivation == "B" && options.most_negatives > 0) {
    const at::Tensor many = live.to(type).sum(1, true);
    const at::Tensor factor = options.most_negatives / many.clamp_min(options.most_negatives);
    weights = at::where(live, weights * factor, weights);
  }
  if (items.reactivated != nullptr) {
    compared =
        at::where(items.reactivated->view({1, 1, -1}), compared, Sharp(d, options.temperature));
  }
  if (items.weights != nullptr) weights = weights * items.weights->unsqueeze(0);
  return (compared * weights.unsqueeze(1)).sum(2);
}

}  // namespace

void SmoothAp(const at::Tensor& scores, const at::Tensor& positives, const at::Tensor& negatives,
              int64_t most_positives, const SmoothApOptions& options, at::Tensor* average_precision,
              at::Tensor* usable, const SmoothApDiagnostics& diagnostics,
              const SmoothApItems& items) {
  const auto type = scores.scalar_type();
  const at::Tensor count = positives.sum(1);  // |P| per anchor
  *usable = count.gt(0).logical_and(negatives.any(1));
  // Positives of each anchor, padded to the longest list: [B, P, M] instead of [B, M, M].
  const auto [present, index] = positives.to(type).topk(most_positives, 1);
  const at::Tensor listed = present.gt(0.5);                                        // B x P
  const at::Tensor d = scores.unsqueeze(1) - scores.gather(1, index).unsqueeze(2);  // B x P x M
  const at::Tensor columns = at::arange(scores.size(1), index.options());
  const at::Tensor self = columns.view({1, 1, -1}).eq(index.unsqueeze(2));  // j == i
  const at::Tensor other_positive = positives.unsqueeze(1).logical_and(self.logical_not());
  // Negatives that reactivation is for.
  const at::Tensor live = items.reactivated == nullptr
                              ? negatives
                              : negatives.logical_and(items.reactivated->unsqueeze(0));
  const at::Tensor negative = live.unsqueeze(1).expand_as(d);

  constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();
  const at::Tensor found =
      d.detach().masked_fill(negative.logical_not(), kMinusInfinity).amax(2, true);
  const at::Tensor hardest = at::where(found.isfinite(), found, at::zeros_like(found));
  const Reactivated pairs = Compare(d, hardest, options);

  const at::Tensor rank_positive =
      1.0 + (Sharp(d, options.temperature) * other_positive.to(type)).sum(2);
  const at::Tensor rank_all = rank_positive + CountAbove(pairs, d, negatives, live, options, items);
  const at::Tensor ratio = rank_positive / rank_all * listed.to(type);
  *average_precision = ratio.sum(1) / count.clamp_min(1).to(type) * usable->to(type);

  if (diagnostics.live_share == nullptr) return;
  const at::Tensor pair = negative.logical_and(listed.unsqueeze(2));
  const at::Tensor alive =
      pairs.shifted.detach().abs().lt(3 * options.temperature).logical_and(pair);
  *diagnostics.live_share = alive.sum().to(at::kDouble) / pair.sum().clamp_min(1).to(at::kDouble);
  const at::Tensor anchored = listed.logical_and(usable->unsqueeze(1));
  *diagnostics.mean_hardest = (hardest.squeeze(2) * anchored.to(type)).sum().to(at::kDouble) /
                              anchored.sum().clamp_min(1).to(at::kDouble);
}

}  // namespace bcr
