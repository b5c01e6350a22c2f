// Relational knowledge distillation, distance form (Park et al., CVPR 2019, equations 5 and 6): the
// new features' distances to each other shall have the proportions of the old features'.
//   L = mean over pairs i < j of h(p_ij - q_ij),  p_ij = |n_i - n_j| / mean of all |n_k - n_l|
// n: new unit rows, B x d_o (in the old width); q the same of the old unit rows o, without gradient;
// h: Huber loss with its bend at 1. The authors' code also averages over the zeros i = j: its value
// is (B - 1) / B times this one. Needs no labels. No parameters.
//
// A rotation of all new features changes nothing: by itself this term does not make old and new
// features comparable, and the recipe `rkd` is there to show it.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

// B rows to B (B - 1) / 2 distances divided by their mean. Equal rows have distance 0 and no
// gradient.
at::Tensor Proportions(const at::Tensor& rows) {
  const at::Tensor distances = at::pdist(UnitRows(rows));
  return distances / distances.mean().clamp_min(1e-12);
}

class RkdDistance : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor& fresh = batch[Slot::kCompatible];
    if (fresh.size(0) < 2) {  // no pair
      terms.Add("distance", fresh.sum() * 0);
      return;
    }
    const at::Tensor p = Proportions(fresh);
    const at::Tensor q = Proportions(batch[Slot::kOldFeatures].detach());
    terms.Add("distance", at::huber_loss(p, q.to(p.scalar_type())));
  }
};

}  // namespace

const ObjectiveInfo& objective_rkd_distance() {
  static const ObjectiveInfo info = {
      .name = "rkd-distance",
      .revision = 1,
      .about = "Distances among new features in the proportions of those among old features",
      .source = "Park et al., CVPR 2019, distance form",
      .needs_old_model = true,
      .parameters = "{}",
      .make = [](JsonReader&) -> std::unique_ptr<Objective> {
        return std::make_unique<RkdDistance>();
      }};
  return info;
}

}  // namespace bcr
