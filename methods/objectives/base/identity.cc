// Identity loss: softmax cross-entropy over the training identities with label smoothing.
//   L_i = (1 - e) * -log p_i[y_i] + e * mean_k -log p_i[k]          (definition of BoT, torchreid
//   and PyTorch)
// Logits B x C come from the linear head on after-neck features; label -1 takes no part.
// Luo et al., "Bag of Tricks and a Strong Baseline for Deep Person Re-identification", CVPRW 2019.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

class Identity : public Objective {
 public:
  explicit Identity(double smoothing) : smoothing_(smoothing) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor log_p = at::log_softmax(LossType(batch[Slot::kLogits]), 1);
    const at::Tensor target = batch[Slot::kLabels].clamp_min(0).unsqueeze(1);
    const at::Tensor hard = -log_p.gather(1, target).squeeze(1);
    const at::Tensor loss = hard * (1.0 - smoothing_) - log_p.mean(1) * smoothing_;
    terms.Add("softmax", MaskedMean(loss, batch[Slot::kValid]));
  }

 private:
  double smoothing_;
};

}  // namespace

const ObjectiveInfo& objective_identity() {
  static const ObjectiveInfo info = {
      .name = "identity",
      .revision = 1,
      .about = "Label-smoothed softmax over training identities",
      .source = "Luo et al., CVPRW 2019 (BoT); smoothing over all classes",
      .parameters = R"({"label_smoothing": 0.1})",
      .gradient_checks = R"([{}, {"label_smoothing": 0.0}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        return std::make_unique<Identity>(reader.Number("label_smoothing", 0.0, 0.999));
      },
      .needs_head = [](const Json&) { return true; }};
  return info;
}

}  // namespace bcr
