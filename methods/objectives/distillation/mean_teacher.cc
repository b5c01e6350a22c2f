// Mean teacher: the model shall say of a batch what a running mean of itself says.
//   theta' <- a_t theta' + (1 - a_t) theta after each step of the optimisers (harness/train/mean_teacher.h);
//   `decay` a, `warm_up`: a_t = min(1 - 1 / (t + 1), a), else a throughout
//   p_i = softmax(z_i) of the identity head's logits, q_i of the teacher's, which has no gradient;
//   L by `distance`:  mse: mean_i sum_k (p_ik - q_ik)^2 / C,  kl: mean_i KL(q_i || p_i),
//                     ce: mean_i -sum_k q_ik ln p_ik (the same gradient as kl),
//                     none: no loss, the teacher only follows, and its statistics are averaged
//   weight over training: exp(-5 (1 - e / R)^2) in the first R epochs, then 1;  e: epochs done with
//   their fraction, R: `ramp_epochs`, 0 for the full weight throughout
//   `statistics` of the teacher's batch normalisation: own, from its own passes in training mode, as both
//   public codes have it; or averaged, as the parameters, with its passes in evaluation mode
// Every image counts, also of label -1. Student and teacher see the same images; the public codes change
// each image twice. Of two students (base recipe `mmt`) each is told what the other's teacher says. Which
// of both is scored, the base recipe says (`scored`).
// Defaults (the authors' code): distance mse, decay 0.999, warm_up true, ramp_epochs 30, statistics own.
// Tarvainen and Valpola, arXiv:1703.01780, as in their code (CuriousAI/mean-teacher, read). MMT's port to
// re-identification in OpenUnReID (read) has no warm-up of a, scores the teacher and weighs kl by 0.5.
#include <ATen/ATen.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/train/objective.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

class MeanTeacherLoss : public Objective {
 public:
  MeanTeacherLoss(std::string distance, double ramp_epochs)
      : distance_(std::move(distance)), ramp_epochs_(ramp_epochs) {}

  void Prepare(const TrainingSet& set) override { epochs_ = set.epochs; }

  void Compute(const Batch& batch, Terms& terms) override {
    if (distance_ == "none") return;
    const at::Tensor own = LossType(batch[Slot::kLogits]);
    const at::Tensor other = batch[Slot::kTeacherLogits].detach().to(own.scalar_type());
    if (distance_ == "mse") {
      const at::Tensor gap = at::softmax(own, 1) - at::softmax(other, 1);
      terms.Add("mse", gap.pow(2).mean());
    } else if (distance_ == "ce") {
      terms.Add("ce", -(at::softmax(other, 1) * at::log_softmax(own, 1)).sum(1).mean());
    } else {
      terms.Add("kl", MeanKl(at::log_softmax(other, 1), at::log_softmax(own, 1)));
    }
  }

  double WeightAt(double progress) const override {
    const double epoch = progress * epochs_;
    if (epoch >= ramp_epochs_) return 1;
    const double left = 1 - epoch / ramp_epochs_;
    return std::exp(-5 * left * left);
  }

 private:
  std::string distance_;
  double ramp_epochs_;
  int epochs_ = 0;
};

}  // namespace

const ObjectiveInfo& objective_mean_teacher() {
  static const ObjectiveInfo info = {
      .name = "mean-teacher",
      .revision = 1,
      .about = "The model says what a running mean of itself, the mean teacher, says",
      .source = "Tarvainen & Valpola, arXiv:1703.01780, as in their code",
      .parameters = R"({"distance": "mse", "decay": 0.999, "warm_up": true, "ramp_epochs": 30.0,
                        "statistics": "own"})",
      .gradient_checks =
          R"([{}, {"distance": "kl", "statistics": "averaged"}, {"distance": "ce"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const std::string distance = reader.Choice("distance", {"mse", "kl", "none", "ce"});
        const double ramp_epochs = reader.Number("ramp_epochs", 0, 1e6);
        reader.Number("decay", 0, 0.9999999);
        reader.Bool("warm_up");
        reader.Choice("statistics", {"own", "averaged"});
        return std::make_unique<MeanTeacherLoss>(distance, ramp_epochs);
      },
      .needs_head = [](const Json& parameters) { return parameters.at("distance") != "none"; },
      .teacher =
          [](const Json& parameters) {
            const bool answers = parameters.at("distance") != "none";
            return TeacherChoice{.decay = parameters.at("decay").get<double>(),
                                 .warm_up = parameters.at("warm_up").get<bool>(),
                                 .own_statistics = answers && parameters.at("statistics") == "own",
                                 .answers = answers};
          }};
  return info;
}

}  // namespace bcr
