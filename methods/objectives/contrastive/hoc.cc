// Higher-order compatibility of d-simplex representations, its contrastive term: each old feature of
// the batch finds the new feature of its image among those of other identities.
//   L = mean over images i of -mu <o_i, n_i> + log sum over j of exp(mu <o_i, n_j> [y_i != y_j])
// o, n: unit old and new features in the old width (B x d_o). Images of the same identity count
// exp(0) in the sum, the positive is not in it: the loss can be negative, as published. Images of
// label -1 are of no identity: they take no part on either side.
// Default: scale (mu) 10. The method trains old and new model under one fixed simplex classifier as
// well, which this term does not need.
// Biondi et al., "Stationary Representations", CVPR 2024, arXiv:2405.02581, as in its code (read).
#include <ATen/ATen.h>

#include <limits>

#include "harness/train/objective.h"
#include "methods/support/pairs.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

class Hoc : public Objective {
 public:
  explicit Hoc(double scale) : scale_(scale) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const auto [fresh, old] = NewAndOld(batch);
    const at::Tensor& valid = batch[Slot::kValid];
    const at::Tensor scores = old.matmul(fresh.t()) * scale_;
    const at::Tensor rivals = scores.masked_fill(OtherIdentity(batch).logical_not(), 0.0)
                                  .masked_fill(valid.logical_not().unsqueeze(0),
                                               -std::numeric_limits<double>::infinity());
    const at::Tensor any = valid.any();
    // Without a valid image every sum is empty, and its logarithm has no gradient to speak of.
    const at::Tensor sums = at::where(any, rivals, at::zeros_like(rivals)).logsumexp(1);
    terms.Add("contrast", MaskedMean(sums - scores.diagonal(), valid));
  }

 private:
  double scale_;
};

}  // namespace

const ObjectiveInfo& objective_hoc() {
  static const ObjectiveInfo info = {
      .name = "hoc",
      .revision = 1,
      .about = "Each old feature finds the new one of its image among those of other identities",
      .source = "Biondi et al., CVPR 2024, as in their code",
      .needs_old_model = true,
      .parameters = R"({"scale": 10.0})",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        return std::make_unique<Hoc>(reader.Number("scale", 0.01, 1000.0));
      }};
  return info;
}

}  // namespace bcr
