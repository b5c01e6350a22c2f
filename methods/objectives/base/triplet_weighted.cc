// Weighted triplet loss on B x d features of `side`, Euclidean distances d of raw (not normalised)
// rows, for every anchor i:
//   d_p = sum_j w_ij d_ij over its identity (itself included, at 1e-6),  w = softmax_j(d_ij)
//   d_n = sum_k w_ik d_ik over other identities,                         w = softmax_k(-d_ik)
//   margin = 0:  mean log(1 + exp(d_p - d_n));   margin > 0:  mean [d_p - d_n + margin]_+
// `weights` exact: the softmax as written. fast-reid: as its code and AGW's compute it, with 1e-6
// added to each sum and, for negatives, exp(-d) without their maximum taken out, so that the weights
// of negatives and d_n with them vanish where all are further than about 14. That fast-reid goes over
// to a margin of 0.3 where a loss is infinite is not followed in either: no loss here is.
// Anchors without a negative, and label -1 on either side, take no part.
// Defaults: margin 0 as in AGW, weights exact, side before-neck.
// Ye et al., "Deep Learning for Person Re-identification: A Survey and Outlook", TPAMI 2021 (AGW);
// its code (ReID-Survey) and fast-reid's triplet_loss.py, read.
#include <ATen/ATen.h>

#include <limits>

#include "harness/train/objective.h"
#include "methods/support/feature_side.h"
#include "methods/support/pairs.h"
#include "methods/support/tensor_ops.h"
#include "methods/support/triplets.h"

namespace bcr {

namespace {

struct TripletWeightedOptions {
  double margin = 0;
  bool exact = true;
  Slot side = Slot::kBeforeNeck;
};

// The mean of each row's distances in the mask, weighted by exp(sign * d): 0 where there is none.
at::Tensor WeightedMean(const at::Tensor& d, const at::Tensor& mask, double sign, bool exact) {
  const at::Tensor logits =
      (sign * d).masked_fill(mask.logical_not(), -std::numeric_limits<double>::infinity());
  at::Tensor top = logits.amax(1, true);
  // In those codes the entries outside the mask count as 0 towards the maximum.
  top = exact ? top.masked_fill(top.isinf(), 0.0) : top.clamp_min(0.0);
  const at::Tensor e = (logits - top).exp();
  const at::Tensor sum = exact ? e.sum(1, true).clamp_min(1e-12) : e.sum(1, true) + 1e-6;
  return (e / sum * d).sum(1);
}

class TripletWeighted : public Objective {
 public:
  explicit TripletWeighted(TripletWeightedOptions options) : options_(options) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor d = DistancesAmong(LossType(batch[options_.side]));
    const at::Tensor others = OtherIdentity(batch);
    const at::Tensor gap = WeightedMean(d, SameIdentity(batch), 1, options_.exact) -
                           WeightedMean(d, others, -1, options_.exact);
    terms.Add(TripletTerm(options_.margin),
              MaskedMean(TripletLoss(gap, options_.margin), others.any(1)));
  }

 private:
  TripletWeightedOptions options_;
};

}  // namespace

const ObjectiveInfo& objective_triplet_weighted() {
  static const ObjectiveInfo info = {
      .name = "triplet-weighted",
      .revision = 1,
      .about = "Triplet loss of softly weighted positives and negatives (margin 0: soft)",
      .source = "Ye et al., TPAMI 2021 (AGW); weights exact, or as fast-reid computes them",
      .parameters = R"({"margin": 0.0, "weights": "exact", "side": "before-neck"})",
      .gradient_checks = R"([{}, {"margin": 0.3, "side": "after-neck"}, {"weights": "fast-reid"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        TripletWeightedOptions options;
        options.margin = reader.Number("margin", 0.0, 100.0);
        options.exact = reader.Choice("weights", {"exact", "fast-reid"}) == "exact";
        options.side = ReadSide(reader);
        return std::make_unique<TripletWeighted>(options);
      }};
  return info;
}

}  // namespace bcr
