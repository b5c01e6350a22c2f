// Each new feature shall find the old features of the batch as similar as the old feature of its
// image does, as probabilities.
//   L = mean_i KL(p_i || q_i),  p_i = softmax_j(s(o_i, o_j) / T),  q_i = softmax_j(s(n_i, o_j) / T)
// s: cosine; n: new features in the old width, B x d_o; o: old ones, without gradient; j: rows of
// other images, with include_self those of the own image too. Needs no labels. Unlike row-kl it
// binds new features to old ones: a contrastive loss (`contrastive`) whose labels are soft.
// Defaults: T = 0.1 (`temperature`), include_self false, choices of this project. A reconstruction,
// not a published method.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/pairs.h"
#include "methods/support/profile_kl.h"

namespace bcr {

namespace {

class CrossRelational : public Objective {
 public:
  CrossRelational(double temperature, bool include_self)
      : temperature_(temperature), include_self_(include_self) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const auto [fresh, old] = NewAndOld(batch);
    const at::Tensor own = OwnImage(batch);
    terms.Add("kl",
              ProfileKl(old.matmul(old.t()), fresh.matmul(old.t()),
                        include_self_ ? at::ones_like(own) : own.logical_not(), temperature_));
  }

 private:
  double temperature_;
  bool include_self_;
};

}  // namespace

const ObjectiveInfo& objective_cross_relational() {
  static const ObjectiveInfo info = {
      .name = "cross-relational",
      .revision = 1,
      .about = "New features find old ones as similar as the old feature of their image does",
      .source = "reconstruction: relational distillation across models",
      .needs_old_model = true,
      .parameters = R"({"temperature": 0.1, "include_self": false})",
      .gradient_checks = R"([{}, {"include_self": true}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const double temperature = reader.Number("temperature", 1e-4, 100.0);
        return std::make_unique<CrossRelational>(temperature, reader.Bool("include_self"));
      }};
  return info;
}

}  // namespace bcr
