// Batch-all triplet loss on B x d features of `side`, Euclidean distances of raw (not normalised)
// rows, over every anchor a, other image p of its identity and image n of another one:
//   margin > 0:  mean of [d_ap - d_an + margin]_+ over the triplets for which it is positive
//   margin = 0:  mean of log(1 + exp(d_ap - d_an)) over all triplets
// The paper's L_BA with the mean over active triplets only; the mean over all, with which its authors
// trained first, vanishes as fewer and fewer are active. Label -1 takes no part. A step holds B^3
// numbers: 1 MB at 64 images, 0.5 GB at 512. Exact duplicates are at distance 1e-6, without gradient.
// Defaults: margin 0.3 as in triplet, side before-neck.
// Hermans, Beyer, Leibe, "In Defense of the Triplet Loss for Person Re-Identification", 2017.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/feature_side.h"
#include "methods/support/pairs.h"
#include "methods/support/tensor_ops.h"
#include "methods/support/triplets.h"

namespace bcr {

namespace {

class TripletAll : public Objective {
 public:
  TripletAll(double margin, Slot side) : margin_(margin), side_(side) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor d = DistancesAmong(LossType(batch[side_]));
    const at::Tensor loss = TripletLoss(d.unsqueeze(2) - d.unsqueeze(1), margin_);  // a x p x n
    const at::Tensor triplets =
        Positives(batch).unsqueeze(2).logical_and(OtherIdentity(batch).unsqueeze(1));
    const at::Tensor active = triplets.logical_and(loss.detach().gt(0));
    terms.Add(TripletTerm(margin_), MaskedMean(loss, active));
    terms.Log("active_share", MaskedMean(active.to(at::kFloat), triplets));
  }

 private:
  double margin_;
  Slot side_;
};

}  // namespace

const ObjectiveInfo& objective_triplet_all() {
  static const ObjectiveInfo info = {
      .name = "triplet-all",
      .revision = 1,
      .about =
          "Triplet loss of all triplets of a batch, mean over the active ones (margin 0: soft)",
      .source = "Hermans, Beyer, Leibe 2017, batch-all over non-zero terms",
      .parameters = R"({"margin": 0.3, "side": "before-neck"})",
      .gradient_checks = R"([{}, {"margin": 0.0}, {"side": "after-neck"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const double margin = reader.Number("margin", 0.0, 100.0);
        return std::make_unique<TripletAll>(margin, ReadSide(reader));
      }};
  return info;
}

}  // namespace bcr
