// Regression of the new feature in the old model's width, n_i, to the old feature of the same
// image, o_i: unit rows of B x d_o matrices, s_i = <n_i, o_i>, no gradient to o.
//   squared:  mean_i |n_i - o_i|^2 = mean_i (2 - 2 s_i)   (summed over coordinates)
//   mean:     the mean over all B x d_o elements, as OpenCompatible's code takes it: `squared`
//             divided by d_o, so that a weight of 1 says d_o times less here
//   norm:     mean_i [|n_i - o_i| - threshold]_+          (threshold 0: plain, 0.2: "weakened L2")
//   cosine:   mean_i (1 - s_i)
// Needs no labels. Defaults: form squared, threshold 0. Read in published code: OpenCompatible,
// model/loss.py (mean), MixBCT's baselines (norm).
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/pairs.h"

namespace bcr {

namespace {

class Regression : public Objective {
 public:
  Regression(std::string form, double threshold) : form_(std::move(form)), threshold_(threshold) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const auto [fresh, old] = NewAndOld(batch);
    if (form_ == "cosine") {
      terms.Add(form_, (1.0 - (fresh * old).sum(1)).mean());
      return;
    }
    if (form_ == "mean") {
      terms.Add(form_, (fresh - old).pow(2).mean());
      return;
    }
    const at::Tensor squared = (fresh - old).pow(2).sum(1);
    if (form_ == "squared") {
      terms.Add(form_, squared.mean());
    } else {
      terms.Add(form_, (squared.clamp_min(1e-12).sqrt() - threshold_).clamp_min(0.0).mean());
    }
  }

 private:
  std::string form_;
  double threshold_;
};

}  // namespace

const ObjectiveInfo& objective_regression() {
  static const ObjectiveInfo info = {
      .name = "regression",
      .revision = 1,
      .about = "L2 or cosine regression to the old feature of the same image",
      .source =
          "squared and mean: OpenCompatible; norm and weakened norm: MixBCT's baselines; cosine: "
          "generic",
      .needs_old_model = true,
      .parameters = R"({"form": "squared", "threshold": 0.0})",
      .gradient_checks =
          R"([{}, {"form": "mean"}, {"form": "cosine"}, {"form": "norm", "threshold": 0.2}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const std::string form = reader.Choice("form", {"squared", "mean", "norm", "cosine"});
        return std::make_unique<Regression>(form, reader.Number("threshold", 0.0, 2.0));
      }};
  return info;
}

}  // namespace bcr
