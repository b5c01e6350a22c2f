// Identity loss: softmax cross-entropy over the training identities with label smoothing. By
// `smoothing_form`, who gets the share e = `label_smoothing` of the target:
//   all:    every class the same, also the own one (BoT, torchreid and PyTorch)
//           L_i = (1 - e) * -log p_i[y_i] + e * mean_k -log p_i[k]
//   others: the C - 1 other classes alone (fast-reid)
//           L_i = (1 - e) * -log p_i[y_i] + e / (C - 1) * sum over k != y_i of -log p_i[k]
// Logits B x C are those of the head on after-neck features; the mean is over the images with a label
// (fast-reid divides by the number of losses that are not 0). Label -1 takes no part. Defaults: e 0.1,
// form all.
// Luo et al., "Bag of Tricks and a Strong Baseline for Deep Person Re-identification", CVPRW 2019;
// He et al., "FastReID", arXiv:2006.02631, read in its code (its adaptive e is left out).
#include <ATen/ATen.h>

#include <algorithm>

#include "harness/train/objective.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

class Identity : public Objective {
 public:
  Identity(double smoothing, bool others) : smoothing_(smoothing), others_(others) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor log_p = at::log_softmax(LossType(batch[Slot::kLogits]), 1);
    const at::Tensor target = batch[Slot::kLabels].clamp_min(0).unsqueeze(1);
    const at::Tensor hard = -log_p.gather(1, target).squeeze(1);
    const at::Tensor loss = hard * (1.0 - smoothing_) + Smooth(log_p, hard) * smoothing_;
    terms.Add("softmax", MaskedMean(loss, batch[Slot::kValid]));
  }

 private:
  // The mean loss over the classes that share what is taken from the own one.
  at::Tensor Smooth(const at::Tensor& log_p, const at::Tensor& hard) const {
    if (!others_) return -log_p.mean(1);
    const int64_t classes = std::max<int64_t>(log_p.size(1) - 1, 1);  // alone a class has loss 0
    return (-log_p.sum(1) - hard) / static_cast<double>(classes);
  }

  double smoothing_;
  bool others_;
};

}  // namespace

const ObjectiveInfo& objective_identity() {
  static const ObjectiveInfo info = {
      .name = "identity",
      .revision = 1,
      .about = "Label-smoothed softmax over training identities",
      .source =
          "Luo et al., CVPRW 2019 (BoT): smoothing over all classes; FastReID's over the others",
      .parameters = R"({"label_smoothing": 0.1})",
      .later_parameters = R"({"smoothing_form": "all"})",
      .gradient_checks = R"([{}, {"label_smoothing": 0.0}, {"smoothing_form": "others"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const double smoothing = reader.Number("label_smoothing", 0.0, 0.999);
        return std::make_unique<Identity>(
            smoothing, reader.Choice("smoothing_form", {"all", "others"}) == "others");
      },
      .needs_head = [](const Json&) { return true; },
      .classifies = true};
  return info;
}

}  // namespace bcr
