// Contrastive distillation: a new feature shall be more similar to old features of its identity than
// to old features of other identities.
//   L = mean_i (1 / |P_i|) sum_{p in P_i} log(1 + sum_{k in N_i} exp((s(n_i, o_k) - s(n_i, o_p)) / T))
// s: cosine; n: new features in the old width, B x d_o; o: old features, without gradient; N_i: the
// `negatives` most similar old features of other identities (0: all of them); P_i by `form`:
//   own:        the old feature of the own image. The sum is the cross-entropy over it and N_i;
//               other images of the identity are on neither side. OpenCompatible's "contra", read in
//               its model/loss.py and config.json (T 0.01, negatives 10)
//   supervised: the old features of the identity, the own one included (T 0.05, all negatives).
//               openBCT's main.py means this, but as its loop stands the first of them is the only
//               positive and the others count as negatives; this is the form that it means
// The mean is over the rows with a label; one without a negative counts as 0. Label -1 takes no part
// on either side. Defaults: form own, `temperature` 0.01, negatives 10.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/pairs.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

struct ContrastiveOptions {
  bool own = true;
  double temperature = 0.01;
  int64_t negatives = 10;
};

class Contrastive : public Objective {
 public:
  explicit Contrastive(ContrastiveOptions options) : options_(options) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const auto [fresh, old] = NewAndOld(batch);
    const at::Tensor scores = fresh.matmul(old.t()) / options_.temperature;
    const at::Tensor against = LogSumExp(Largest(scores, OtherIdentity(batch), options_.negatives));
    const at::Tensor& valid = batch[Slot::kValid];
    if (options_.own) {
      terms.Add("own", MaskedMean(at::softplus(against - scores.diagonal()), valid));
      return;
    }
    const at::Tensor each = at::softplus(against.unsqueeze(1) - scores);
    terms.Add("supervised", MaskedMean(RowMean(each, SameIdentity(batch)), valid));
  }

 private:
  ContrastiveOptions options_;
};

}  // namespace

const ObjectiveInfo& objective_contrastive() {
  static const ObjectiveInfo info = {
      .name = "contrastive",
      .revision = 1,
      .about = "New features nearer to old ones of their identity than to others, by cross-entropy",
      .source = "own: OpenCompatible's code; supervised: what openBCT's code means",
      .needs_old_model = true,
      .parameters = R"({"form": "own", "temperature": 0.01, "negatives": 10})",
      .gradient_checks =
          R"([{"temperature": 0.1, "negatives": 3}, {"temperature": 0.1, "negatives": 0},
              {"form": "supervised", "temperature": 0.1, "negatives": 0}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        ContrastiveOptions options;
        options.own = reader.Choice("form", {"own", "supervised"}) == "own";
        options.temperature = reader.Number("temperature", 1e-4, 100.0);
        options.negatives = reader.Integer("negatives", 0, 1'000'000);
        return std::make_unique<Contrastive>(options);
      }};
  return info;
}

}  // namespace bcr
