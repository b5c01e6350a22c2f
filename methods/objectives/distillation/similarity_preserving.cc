// Similarity-preserving distillation (Tung and Mori, ICCV 2019, equations 1 to 4): the rows of the
// batch shall be similar to each other as the old model finds them.
//   L = |A - Q|_F^2 / B^2,  A = unit rows of N N^T,  Q = unit rows of O O^T
// N: new unit rows in the old width, B x d_o; O: old unit rows, without gradient. The paper's
// activations are not normalised before the products. Needs no labels. No parameters. Read in
// published code: DJAA, djaa/loss/distillation.py.
//
// A rotation of all new features changes nothing: by itself this term does not make old and new
// features comparable. It is a control, as rkd-distance is.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

// B x B, each row divided by its norm.
at::Tensor Profiles(const at::Tensor& features) {
  const at::Tensor unit = UnitRows(features);
  return UnitRows(unit.matmul(unit.t()));
}

class SimilarityPreserving : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor fresh = Profiles(batch[Slot::kCompatible]);
    const at::Tensor old = Profiles(batch[Slot::kOldFeatures].detach()).to(fresh.scalar_type());
    terms.Add("profiles", (fresh - old).pow(2).mean());
  }
};

}  // namespace

const ObjectiveInfo& objective_similarity_preserving() {
  static const ObjectiveInfo info = {
      .name = "similarity-preserving",
      .revision = 1,
      .about = "Similarities among new features as among old ones: a control",
      .source = "Tung and Mori, ICCV 2019, as in DJAA's code",
      .needs_old_model = true,
      .parameters = "{}",
      .make = [](JsonReader&) -> std::unique_ptr<Objective> {
        return std::make_unique<SimilarityPreserving>();
      }};
  return info;
}

}  // namespace bcr
