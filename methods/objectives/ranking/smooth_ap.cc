#include "methods/objectives/ranking/smooth_ap.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <tuple>
#include <vector>

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
              at::Tensor* usable, const SmoothApItems& items, const SmoothApSums* sums) {
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

  if (sums == nullptr) return;
  const at::Tensor pair = negative.logical_and(listed.unsqueeze(2));
  const at::Tensor alive =
      pairs.shifted.detach().abs().lt(3 * options.temperature).logical_and(pair);
  *sums->live = alive.sum().to(at::kDouble);
  *sums->pairs = pair.sum().to(at::kDouble);
  const at::Tensor anchored = listed.logical_and(usable->unsqueeze(1));
  *sums->hardest = (hardest.squeeze(2) * anchored.to(type)).sum().to(at::kDouble);
  *sums->listed = anchored.sum().to(at::kDouble);
}

void SmoothApInBlocks(const at::Tensor& scores, const at::Tensor& positives,
                      const at::Tensor& negatives, int64_t most_positives,
                      const SmoothApOptions& options, int64_t most_elements,
                      at::Tensor* average_precision, at::Tensor* usable, const SmoothApItems& items,
                      const SmoothApSums* sums) {
  const bool learns = at::GradMode::is_enabled() && scores.requires_grad();
  const int64_t anchors = scores.size(0);
  const int64_t block = std::max<int64_t>(1, most_elements / (most_positives * scores.size(1)));
  std::vector<at::Tensor> values, usables, gradients;
  at::Tensor live, pairs, hardest, listed;
  const SmoothApSums own{&live, &pairs, &hardest, &listed};
  for (int64_t first = 0; first < anchors; first += block) {
    const int64_t n = std::min(block, anchors - first);
    at::Tensor part = scores.detach().narrow(0, first, n);
    if (learns) part = part.clone().set_requires_grad(true);
    at::Tensor precision, good;
    SmoothAp(part, positives.narrow(0, first, n), negatives.narrow(0, first, n), most_positives,
             options, &precision, &good, items, sums == nullptr ? nullptr : &own);
    if (learns) {
      precision.sum().backward();
      gradients.push_back(part.grad());
    }
    values.push_back(precision.detach());
    usables.push_back(good);
    if (sums != nullptr) {
      const auto add = [&](at::Tensor* sum, const at::Tensor& more) {
        *sum = first == 0 ? more : *sum + more;
      };
      add(sums->live, live);
      add(sums->pairs, pairs);
      add(sums->hardest, hardest);
      add(sums->listed, listed);
    }
  }
  *usable = at::cat(usables);
  *average_precision = at::cat(values);
  if (!learns) return;
  // Adds nothing to the value and the blocks' gradients to the graph.
  const at::Tensor pull = (scores * at::cat(gradients)).sum(1);
  *average_precision = *average_precision + (pull - pull.detach());
}

}  // namespace bcr
