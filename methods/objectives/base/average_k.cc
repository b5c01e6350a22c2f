// The two-head loss of average-K classification: a softmax head says which labels are likely, and a
// second head learns to give a set of labels, K of them on average over the batch.
//   z = W x (the identity head, B x L logits),  u = V x + b (the second head, B x L)
//   L = mean_i -log softmax(z_i)[y_i] + alpha * mean_i sum_l BCE(sigmoid(u_il), T_il)
// x: after-neck features (B x d). T is chosen from the scores softmax(z) of the whole batch, without
// gradient, m = round(K * labelled images) places of them. By `variant`:
//   A  scores that reach the midpoint of the m-th and the (m + 1)-th largest
//   B  these, and the own label of each image beside them
//   C  the own labels, then the m - B highest other scores: K on average, and an own label is never
//      learned as a wrong one
// Label -1 takes no part, nor a place. V and b are learned with the model: V as the identity head is
// drawn, b where K labels of L are expected, log((K + 1/2) / (L - K + 1/2)). They serve training alone
// and are not stored with the model. Logs `set_size`, the mean of T's row sums, and `own_in_set`.
// Defaults: `k` 5, `alpha` 1, variant C.
// Reconstruction of Garcin, Servajean, Joly, Salmon, "A two-head loss function for deep Average-K
// classification", arXiv:2303.18118 (WACV 2025), from its abstract: two heads, pseudo-labels by a
// threshold that gives K on average. Its choice of T, its alpha, and whether it sums over the labels
// are not public. The threshold's rule is that of plantnet/PlantNet-300K, read. Its first head has a
// bias.
#include "methods/support/average_k.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/train/objective.h"
#include "methods/support/class_vectors.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

constexpr double kDeviation = 0.001;  // of the identity head's first values

AverageKChoice ChoiceOf(const std::string& variant) {
  if (variant == "A") return AverageKChoice::kThreshold;
  return variant == "B" ? AverageKChoice::kUnion : AverageKChoice::kOwnFirst;
}

class AverageK : public Objective {
 public:
  AverageK(double k, double alpha, AverageKChoice choice) : k_(k), alpha_(alpha), choice_(choice) {}

  void Prepare(const TrainingSet& set) override {
    width_ = set.feature_width;
    seed_ = DeriveSeed(set.seed, "average-k");
    device_ = set.device;
  }

  void OnLabels(const LabelSet& labels) override {
    if (k_ > static_cast<double>(labels.classes)) {
      throw Error(ErrorCode::kConfig,
                  {"objective `average-k`", std::to_string(labels.classes) + " classes",
                   "at least k of them, " + std::to_string(k_), "Lower it: --set average-k.k=..."});
    }
    if (bias_.defined() && bias_.size(0) == labels.classes) return;
    MakeHead(labels.classes);
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor& labels = batch[Slot::kLabels];
    const at::Tensor& valid = batch[Slot::kValid];
    const at::Tensor logits = LossType(batch[Slot::kLogits]);
    terms.Add("softmax", MaskedMean(CrossEntropy(logits, labels), valid));
    const at::Tensor x = LossType(batch[Slot::kAfterNeck]);
    const at::Tensor u = at::linear(x, weight_.to(x.scalar_type()), bias_.to(x.scalar_type()));
    const auto labelled =
        std::count_if(batch.labels.begin(), batch.labels.end(), [](int64_t k) { return k >= 0; });
    const int64_t count = std::llround(k_ * static_cast<double>(labelled));
    at::Tensor wanted = at::zeros(logits.sizes(), valid.options());
    if (labelled > 0) {
      const at::Tensor scores = at::softmax(logits.detach().to(at::kDouble), 1);
      wanted = AverageKLabels(choice_, scores, labels, valid, count);
    }
    const at::Tensor target = wanted.to(u.scalar_type());
    const at::Tensor loss =
        at::binary_cross_entropy_with_logits(u, target, {}, {}, at::Reduction::None);
    terms.Add("labels", MaskedMean(loss.sum(1), valid) * alpha_);
    terms.Log("set_size", MaskedMean(target.sum(1), valid));
    const at::Tensor own = target.gather(1, labels.clamp_min(0).unsqueeze(1)).squeeze(1);
    terms.Log("own_in_set", MaskedMean(own, valid));
  }

  std::vector<at::Tensor> Parameters() override {
    // The trainer asks once before there are labels.
    return bias_.defined() ? std::vector<at::Tensor>{weight_, bias_} : std::vector<at::Tensor>();
  }

 private:
  void MakeHead(int64_t classes) {
    const double start = std::log((k_ + 0.5) / (static_cast<double>(classes) - k_ + 0.5));
    weight_ = DrawClassVectors(classes, width_, kDeviation, seed_, device_);
    bias_ = at::full({classes}, start, at::kFloat).to(at::Device(device_)).set_requires_grad(true);
  }

  double k_, alpha_;
  AverageKChoice choice_;
  int64_t width_ = 0;
  uint64_t seed_ = 0;
  std::string device_ = "cpu";
  at::Tensor weight_, bias_;  // L x d, L
};

}  // namespace

const ObjectiveInfo& objective_average_k() {
  static const ObjectiveInfo info = {
      .name = "average-k",
      .revision = 1,
      .about = "Softmax, and a second head that gives sets of K labels on average",
      .source = "reconstruction: Garcin et al., arXiv:2303.18118, from its abstract",
      .parameters = R"({"k": 5.0, "alpha": 1.0, "variant": "C"})",
      .gradient_checks = R"([{"k": 2.0}, {"k": 2.0, "variant": "A"}, {"k": 1.5, "variant": "B"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const double k = reader.Number("k", 1.0, 1e6);
        const double alpha = reader.Number("alpha", 0.0, 1e6);
        return std::make_unique<AverageK>(k, alpha,
                                          ChoiceOf(reader.Choice("variant", {"A", "B", "C"})));
      },
      .needs_head = [](const Json&) { return true; },
      .classifies = true};
  return info;
}

}  // namespace bcr
