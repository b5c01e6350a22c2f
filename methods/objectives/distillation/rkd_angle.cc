// Relational knowledge distillation, angle form (Park et al., CVPR 2019, equations 7 and 8): the
// angles of all triangles of new features shall be those of the old ones.
//   L = mean over ordered triples of different i, j, k of h(a^n_jik - a^o_jik),
//   a_jik = cosine of the angle at f_i between f_j - f_i and f_k - f_i
// n: new unit rows, B x d_o (in the old width); o: old unit rows, without gradient; h: Huber loss
// with its bend at 1. Triples in which two new or two old features are equal (1e-6) are left out.
// The authors' code (RKD, metric/loss.py, read) also averages over the zeros of triples that name a
// row twice: its value is (B - 1)(B - 2) / B^2 times this one. Needs no labels. No parameters. The
// authors weigh it twice as much as the distance form.
//
// A rotation of all new features changes nothing: by itself this term does not make old and new
// features comparable. It is a control, as rkd-distance is.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

// B x B x B cosines; `apart` (B x B bool) loses the pairs of equal rows.
at::Tensor Angles(const at::Tensor& features, at::Tensor& apart) {
  const at::Tensor rows = UnitRows(features);
  const at::Tensor sides = rows.unsqueeze(0) - rows.unsqueeze(1);
  const at::Tensor lengths = sides.norm(2, 2, true);
  apart = apart.logical_and(lengths.detach().squeeze(2).gt(1e-6));
  const at::Tensor unit = sides / lengths.masked_fill(apart.logical_not().unsqueeze(2), 1.0);
  return unit.bmm(unit.transpose(1, 2));
}

class RkdAngle : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor& features = batch[Slot::kCompatible];
    const int64_t count = features.size(0);
    at::Tensor apart = at::ones({count, count}, features.options().dtype(at::kBool));
    const at::Tensor fresh = Angles(features, apart);
    const at::Tensor old =
        Angles(batch[Slot::kOldFeatures].detach(), apart).to(fresh.scalar_type());
    // [i][j][k]: both sides of the triangle at i, and the one across.
    const at::Tensor triples =
        apart.unsqueeze(2).logical_and(apart.unsqueeze(1)).logical_and(apart.unsqueeze(0));
    terms.Add("angle", MaskedMean(at::huber_loss(fresh, old, at::Reduction::None), triples));
  }
};

}  // namespace

const ObjectiveInfo& objective_rkd_angle() {
  static const ObjectiveInfo info = {
      .name = "rkd-angle",
      .revision = 1,
      .about = "Angles among new features as among old ones: a control",
      .source = "Park et al., CVPR 2019, angle form",
      .needs_old_model = true,
      .parameters = "{}",
      .make = [](JsonReader&) -> std::unique_ptr<Objective> {
        return std::make_unique<RkdAngle>();
      }};
  return info;
}

}  // namespace bcr
