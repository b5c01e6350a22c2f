// Batch-hard triplet loss on before-neck features (B x d), Euclidean distance of raw (not
// normalised) rows, B x B.
//   d_p = max distance over the anchor's identity (itself included), d_n = min over other identities
//   margin > 0:  mean [d_p - d_n + margin]_+
//   margin = 0:  mean log(1 + exp(d_p - d_n))
// Anchors without a negative, and label -1 on either side, take no part. Where several images are
// equally far (exact duplicates), they share the gradient of the maximum or minimum in equal parts;
// the public codes take one of them, by max(dim) of PyTorch. Distances below 1e-6, such as that
// between duplicates, have no gradient. Default: margin 0.3 as in BoT. Mining of other kinds:
// triplet-all and triplet-weighted. Hermans, Beyer, Leibe, "In Defense of the Triplet Loss", 2017.
#include <ATen/ATen.h>

#include <limits>

#include "harness/train/objective.h"
#include "methods/support/tensor_ops.h"
#include "methods/support/triplets.h"

namespace bcr {

namespace {

class Triplet : public Objective {
 public:
  explicit Triplet(double margin) : margin_(margin) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor d = DistancesAmong(LossType(batch[Slot::kBeforeNeck]));
    const at::Tensor labels = batch[Slot::kLabels];
    const at::Tensor valid = batch[Slot::kValid];
    const at::Tensor same =
        labels.unsqueeze(0).eq(labels.unsqueeze(1)).logical_and(valid.unsqueeze(0));
    const at::Tensor other = same.logical_not().logical_and(valid.unsqueeze(0));
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const at::Tensor positive = d.masked_fill(same.logical_not(), 0.0).amax(1);
    const at::Tensor negative = d.masked_fill(other.logical_not(), kInfinity).amin(1);
    const at::Tensor usable = valid.logical_and(other.any(1));
    const at::Tensor gap = (positive - negative).masked_fill(usable.logical_not(), 0.0);
    terms.Add(TripletTerm(margin_), MaskedMean(TripletLoss(gap, margin_), usable));
  }

 private:
  double margin_;
};

}  // namespace

const ObjectiveInfo& objective_triplet() {
  static const ObjectiveInfo info = {
      .name = "triplet",
      .revision = 1,
      .about = "Batch-hard triplet on before-neck features (margin 0: soft margin)",
      .source = "Hermans, Beyer, Leibe 2017; margin of BoT",
      .parameters = R"({"margin": 0.3})",
      .gradient_checks = R"([{}, {"margin": 0.0}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        return std::make_unique<Triplet>(reader.Number("margin", 0.0, 100.0));
      }};
  return info;
}

}  // namespace bcr
