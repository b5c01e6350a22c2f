// Each new feature shall find the others of the batch as similar as the old feature of its image
// does, as probabilities.
//   L = mean_i KL(p_i || q_i),  p_i = softmax_j(s(o_i, o_j) / T),  q_i = softmax_j(s(n_i, n_j) / T)
// s: cosine; n: new features in the old width, B x d_o; o: old ones, without gradient; j: rows of
// other images (an image that the sampler repeats is not its own neighbour). Needs no labels.
// Default: T = 0.1 (`temperature`), a choice of this project. Generic relational distillation;
// the formula is a reconstruction.
//
// A rotation of all new features changes nothing: by itself this term does not make old and new
// features comparable. It is a control, as rkd-distance is; cross-relational is the form that does.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/pairs.h"
#include "methods/support/profile_kl.h"

namespace bcr {

namespace {

class RowKl : public Objective {
 public:
  explicit RowKl(double temperature) : temperature_(temperature) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const auto [fresh, old] = NewAndOld(batch);
    terms.Add("kl", ProfileKl(old.matmul(old.t()), fresh.matmul(fresh.t()),
                              OwnImage(batch).logical_not(), temperature_));
  }

 private:
  double temperature_;
};

}  // namespace

const ObjectiveInfo& objective_row_kl() {
  static const ObjectiveInfo info = {
      .name = "row-kl",
      .revision = 1,
      .about = "Similarities among new features as among old ones, as probabilities: a control",
      .source = "reconstruction: generic relational distillation",
      .needs_old_model = true,
      .parameters = R"({"temperature": 0.1})",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        return std::make_unique<RowKl>(reader.Number("temperature", 1e-4, 100.0));
      }};
  return info;
}

}  // namespace bcr
