// Circle loss on pairs of a batch. s_ij: cosines of the B x d features of `side`, m: `margin`, g:
// `gamma`; P: other images of an identity, N: images of others; a weight without gradient each:
//   p_ij = -g [1 + m - s_ij]_+ (s_ij - 1 + m) for P,   n_ij = g [s_ij + m]_+ (s_ij - m) for N
// By `form`:
//   anchor: mean_i softplus(LSE_{j in P_i} p_ij + LSE_{j in N_i} n_ij) over the rows with a label;
//           one without a positive or without a negative counts as 0, as in fast-reid's
//           pairwise_circleloss (m 0.25, g 128)
//   batch:  softplus(LSE p + LSE n) / B over the pairs i < j of the whole batch, B rows with a
//           label, as in Person_reID_baseline_pytorch (m 0.25, g 32; its train.py divides by B)
// Label -1 takes no part. The form by classes is a loss of the classifier, not this one.
// Defaults: form anchor, margin 0.25, gamma 128, side before-neck.
// Sun et al., "Circle Loss: A Unified Perspective of Pair Similarity Optimization", CVPR 2020.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/feature_side.h"
#include "methods/support/pairs.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

struct CircleOptions {
  std::string form;
  double margin = 0.25, gamma = 128;
  Slot side = Slot::kBeforeNeck;
};

class Circle : public Objective {
 public:
  explicit Circle(CircleOptions options) : options_(std::move(options)) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const double m = options_.margin, gamma = options_.gamma;
    const at::Tensor x = UnitRows(batch[options_.side]);
    const at::Tensor s = x.matmul(x.t()), fixed = s.detach();
    const at::Tensor pulled = -gamma * (1 + m - fixed).clamp_min(0.0) * (s - (1 - m));
    const at::Tensor pushed = gamma * (fixed + m).clamp_min(0.0) * (s - m);
    const at::Tensor positives = Positives(batch), others = OtherIdentity(batch);
    const at::Tensor& valid = batch[Slot::kValid];
    if (options_.form == "anchor") {
      terms.Add("anchor", MaskedMean(Both(pulled, positives, pushed, others), valid));
      return;
    }
    const auto pairs = [](const at::Tensor& matrix) { return matrix.reshape({1, -1}); };
    const at::Tensor whole =
        Both(pairs(pulled), pairs(positives.triu(1)), pairs(pushed), pairs(others.triu(1)));
    terms.Add("batch", whole.sum() / valid.to(whole.scalar_type()).sum().clamp_min(1.0));
  }

 private:
  // Each row's softplus of the two log-sum-exps: 0 where one of them is over nobody.
  static at::Tensor Both(const at::Tensor& pulled, const at::Tensor& positives,
                         const at::Tensor& pushed, const at::Tensor& others) {
    return at::softplus(LogSumExp(Largest(pulled, positives, 0)) +
                        LogSumExp(Largest(pushed, others, 0)));
  }

  CircleOptions options_;
};

}  // namespace

const ObjectiveInfo& objective_circle() {
  static const ObjectiveInfo info = {
      .name = "circle",
      .revision = 1,
      .about = "Circle loss on pairs: each pair is pulled or pushed by how far it has to go",
      .source = "Sun et al., CVPR 2020; forms of fast-reid and Person_reID_baseline_pytorch",
      .parameters = R"({"form": "anchor", "margin": 0.25, "gamma": 128.0, "side": "before-neck"})",
      .gradient_checks = "[]",
      .detached_checks = R"([{}, {"form": "batch", "gamma": 32.0, "side": "after-neck"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        CircleOptions options;
        options.form = reader.Choice("form", {"anchor", "batch"});
        options.margin = reader.Number("margin", -1.0, 1.0);
        options.gamma = reader.Number("gamma", 1e-3, 10'000.0);
        options.side = ReadSide(reader);
        return std::make_unique<Circle>(options);
      }};
  return info;
}

}  // namespace bcr
