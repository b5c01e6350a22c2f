// Distillation through the old head, in the manner of learning without forgetting: on the new
// feature the old model's classifier shall say what it says on the old feature of the same image.
//   L = - mean_i sum_k softmax(W_o o_i / T)_k log softmax(W_o n_i / T')_k
// n: new features in the old width, B x d_o; o: old features, without gradient; neither normalised;
// W_o: the old head, C_o x d_o, frozen. A head that was trained by a softmax over cosines times s says
// s <n^, w^_k> and s <o^, w^_k> instead of W_o n and W_o o. Needs no labels, and no identities in
// common. The smallest value is the mean entropy of the old answers, not 0. Defaults: T = T' = 1
// (`temperature`, `new_temperature`), as in openBCT's main.py; OpenCompatible's config.json has 0.01
// for both. Both read. Li and Hoiem, "Learning without Forgetting", ECCV 2016, train the old head on;
// both repositories freeze it.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/old_head.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

class LogitDistillation : public Objective {
 public:
  LogitDistillation(double old_temperature, double new_temperature)
      : old_temperature_(old_temperature), new_temperature_(new_temperature) {}

  void Prepare(const TrainingSet& set) override {
    head_ = TakeOwnHead(*set.old_model, set.device, "logit-distillation");
    scale_ = set.old_model->head_scale;
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor fresh = LossType(batch[Slot::kCompatible]);
    const at::Tensor old = batch[Slot::kOldFeatures].detach().to(fresh.scalar_type());
    const at::Tensor wanted = at::softmax(Logits(old) / old_temperature_, 1);
    const at::Tensor said = at::log_softmax(Logits(fresh) / new_temperature_, 1);
    terms.Add("cross_entropy", -(wanted * said).sum(1).mean());
  }

 private:
  at::Tensor Logits(const at::Tensor& features) const {
    return OwnHeadLogits(head_, scale_, features);
  }

  double old_temperature_, new_temperature_, scale_ = 0;
  at::Tensor head_;
};

}  // namespace

const ObjectiveInfo& objective_logit_distillation() {
  static const ObjectiveInfo info = {
      .name = "logit-distillation",
      .revision = 1,
      .about = "On new features the old head shall say what it says on old ones",
      .source =
          "openBCT's and OpenCompatible's code of Li and Hoiem, ECCV 2016, with a frozen head",
      .needs_old_model = true,
      .parameters = R"({"temperature": 1.0, "new_temperature": 1.0})",
      .gradient_checks = R"([{}, {"temperature": 0.01, "new_temperature": 0.01}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const double old_temperature = reader.Number("temperature", 1e-4, 1000.0);
        return std::make_unique<LogitDistillation>(old_temperature,
                                                   reader.Number("new_temperature", 1e-4, 1000.0));
      },
      .needs_old_head = [](const Json&) { return true; }};
  return info;
}

}  // namespace bcr
