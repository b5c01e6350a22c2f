// Distillation between the classifiers: over the identities that both models know, the new model shall
// be as sure of each as the old one is.
//   p^o_i = softmax(z^o_i / T), p^n_i = softmax(z^n_i / T),  L = T^2 * mean_i KL(p^o_i || p^n_i)
//   `symmetric`: the half sum of this and of the mean of KL(p^n_i || p^o_i), times T^2
// z^o: what the old head says of the old feature (methods/support/old_head.h), without gradient. By
// `student`, z^n is
//   new-head: what the new model's identity head says of the new feature (Slot::kLogits), and both are
//             of the S >= 2 classes that both heads have (B x S)
//   old-head: what the old head says of the new feature in the old width, B x C_o; with T = 1 its
//             gradient is logit-distillation's. No identities in common are needed
//   auto:     new-head where the new model has a head and both know two identities or more, otherwise
//             old-head
// Logits are without margins. Every image counts, also of label -1 and of identities that the old model
// does not know: of those it says whom they look like. Defaults: `temperature` T 16, as in fast-reid's
// distillation; symmetric false; student auto.
// Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", arXiv:1503.02531. fast-reid
// (read) takes the half sum, which it calls JS.
#include <ATen/ATen.h>

#include "harness/core/error.h"
#include "harness/train/objective.h"
#include "harness/train/upload.h"
#include "methods/support/old_head.h"
#include "methods/support/shared_classes.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

class KlDistillation : public Objective {
 public:
  KlDistillation(double temperature, bool symmetric, std::string student)
      : temperature_(temperature), symmetric_(symmetric), student_(std::move(student)) {}

  void Prepare(const TrainingSet& set) override {
    old_ = set.old_model;
    device_ = set.device;
    head_ = TakeOwnHead(*old_, device_, "kl-distillation");
  }

  void OnLabels(const LabelSet& labels) override {
    SharedClasses shared = ClassesInCommon(*old_, labels);
    shared_ = shared.fresh.size() > 1;
    if (student_ == "new-head" && !shared_) {
      throw Error(
          ErrorCode::kConfig,
          {"objective kl-distillation", "fewer than two identities that both models know",
           "identities in common", "Use the student old-head (or auto), which needs none."});
    }
    new_classes_ = Upload(std::move(shared.fresh), device_);
    old_classes_ = Upload(std::move(shared.old), device_);
  }

  void Compute(const Batch& batch, Terms& terms) override {
    at::Tensor old = OwnHeadLogits(head_, old_->head_scale, batch[Slot::kOldFeatures].detach());
    at::Tensor fresh;
    if (student_ == "new-head" || (student_ == "auto" && shared_ && batch.Has(Slot::kLogits))) {
      fresh = LossType(batch[Slot::kLogits]).index_select(1, new_classes_);
      old = old.index_select(1, old_classes_);
    } else {
      fresh = OwnHeadLogits(head_, old_->head_scale, batch[Slot::kCompatible]);
    }
    const at::Tensor log_old = at::log_softmax(old.to(fresh.scalar_type()) / temperature_, 1);
    const at::Tensor log_new = at::log_softmax(fresh / temperature_, 1);
    at::Tensor loss = MeanKl(log_old, log_new);
    if (symmetric_) loss = (loss + MeanKl(log_new, log_old)) * 0.5;
    terms.Add("kl", loss * (temperature_ * temperature_));
  }

 private:
  double temperature_;
  bool symmetric_;
  std::string student_;
  bool shared_ = false;  // two classes that both models know, or more
  const OldModel* old_ = nullptr;
  std::string device_;
  at::Tensor head_;                       // C_o x d_o
  at::Tensor new_classes_, old_classes_;  // S
};

}  // namespace

const ObjectiveInfo& objective_kl_distillation() {
  static const ObjectiveInfo info = {
      .name = "kl-distillation",
      .revision = 1,
      .about = "Of the identities that both know the new head says what the old one says",
      .source = "Hinton et al., arXiv:1503.02531; temperature and half sum as in fast-reid's code",
      .needs_old_model = true,
      .parameters = R"({"temperature": 16.0, "symmetric": false, "student": "auto"})",
      .gradient_checks =
          R"([{}, {"symmetric": true, "temperature": 2.0}, {"student": "old-head"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const double temperature = reader.Number("temperature", 1e-4, 1000.0);
        const bool symmetric = reader.Bool("symmetric");
        return std::make_unique<KlDistillation>(
            temperature, symmetric, reader.Choice("student", {"auto", "new-head", "old-head"}));
      },
      .needs_head = [](const Json& parameters) { return parameters.at("student") == "new-head"; },
      .needs_old_head = [](const Json&) { return true; }};
  return info;
}

}  // namespace bcr
