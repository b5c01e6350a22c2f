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

#include "harness/train/objective.h"
#include "methods/support/classifier_pair.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

class KlDistillation : public Objective {
 public:
  KlDistillation(double temperature, bool symmetric, std::string student)
      : temperature_(temperature),
        symmetric_(symmetric),
        classifiers_(std::move(student), "kl-distillation") {}

  void Prepare(const TrainingSet& set) override { classifiers_.Prepare(set); }
  void OnLabels(const LabelSet& labels) override { classifiers_.OnLabels(labels); }

  void Compute(const Batch& batch, Terms& terms) override {
    const auto [old, fresh] = classifiers_.Of(batch);
    const at::Tensor log_old = at::log_softmax(old.to(fresh.scalar_type()) / temperature_, 1);
    const at::Tensor log_new = at::log_softmax(fresh / temperature_, 1);
    at::Tensor loss = MeanKl(log_old, log_new);
    if (symmetric_) loss = (loss + MeanKl(log_new, log_old)) * 0.5;
    terms.Add("kl", loss * (temperature_ * temperature_));
  }

 private:
  double temperature_;
  bool symmetric_;
  ClassifierPair classifiers_;
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
        return std::make_unique<KlDistillation>(temperature, symmetric,
                                                reader.Choice("student", StudentChoices()));
      },
      .needs_head = [](const Json& parameters) { return parameters.at("student") == "new-head"; },
      .needs_old_head = [](const Json&) { return true; }};
  return info;
}

}  // namespace bcr
