// Distillation of ranks alone: of each image the new model shall say what the order says in which an
// earlier model's classifier puts the identities. No scale of logits is to be matched.
//   q_i: ranks of the earlier model's logits on its own feature of image i, weighed as MpRL does
//        (support/virtual_labels.h)
//   l_i = sum_k -q_ik log p_ik, gradient p - q. By `student`, p_i is the softmax of
//     new-head: the new model's identity head on the new feature; q and p are of the S >= 2 identities that
//               both models know (B x S)
//     old-head: the earlier head on the new feature in the old width (B x C_o)
//     auto:     new-head where the new model has a head and both know two identities or more, otherwise
//               old-head
// `of`: all        every image of the batch; L is the mean of l. What an upgrade needs no generator for.
//       generated  generated images; L = sum of l / number of images of the batch that have an identity.
//                  With this model trained alone as the earlier one ("with": "alone") it is sMpRL, whose
//                  labels are set once, before training, by a network that was trained on real images.
// Ranks are constants; earlier features are extracted once, from clean images, as sMpRL's are.
// Defaults: of all; student auto; form rank; keep 0 (n: the n highest ranks alone).
// Huang et al., "Multi-Pseudo Regularized Label", IEEE TIP 2019, arXiv:1801.06742; its code read. Ranks of an
// old model, and their restriction to shared identities, are this project's: sMpRL's two networks know the
// same people.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/classifier_pair.h"
#include "methods/support/tensor_ops.h"
#include "methods/support/virtual_labels.h"

namespace bcr {

namespace {

class RankDistillation : public Objective {
 public:
  RankDistillation(bool generated, std::string student, RankForm form, int64_t keep)
      : generated_(generated),
        form_(form),
        keep_(keep),
        classifiers_(std::move(student), "rank-distillation") {}

  void Prepare(const TrainingSet& set) override { classifiers_.Prepare(set); }
  void OnLabels(const LabelSet& labels) override { classifiers_.OnLabels(labels); }

  void Compute(const Batch& batch, Terms& terms) override {
    const auto [old, fresh] = classifiers_.Of(batch);
    const at::Tensor wanted = RankLabels(old, form_, keep_);
    const at::Tensor loss = SoftCrossEntropy(fresh, wanted.to(fresh.scalar_type()));
    if (!generated_) return terms.Add("ranks", loss.mean());
    terms.Add("ranks",
              SumOver(loss, GeneratedImages(batch)) / batch[Slot::kValid].sum().clamp_min(1));
  }

 private:
  bool generated_;
  RankForm form_;
  int64_t keep_;
  ClassifierPair classifiers_;
};

}  // namespace

const ObjectiveInfo& objective_rank_distillation() {
  static const ObjectiveInfo info = {
      .name = "rank-distillation",
      .revision = 1,
      .about =
          "The new model shall rank identities as the old head does; of generated images: sMpRL",
      .source = "Huang et al., IEEE TIP 2019 (sMpRL); as an upgrade a form of this project",
      .needs_old_model = true,
      .parameters = R"({"of": "all", "student": "auto", "form": "rank", "keep": 0})",
      .gradient_checks =
          R"([{}, {"of": "generated"}, {"student": "old-head"}, {"form": "argsort", "keep": 2}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const bool generated = reader.Choice("of", {"all", "generated"}) == "generated";
        std::string student = reader.Choice("student", StudentChoices());
        const bool rank = reader.Choice("form", {"rank", "argsort"}) == "rank";
        return std::make_unique<RankDistillation>(generated, std::move(student),
                                                  rank ? RankForm::kRank : RankForm::kArgsort,
                                                  reader.Integer("keep", 0, 1'000'000'000));
      },
      .needs_head = [](const Json& parameters) { return parameters.at("student") == "new-head"; },
      .needs_old_head = [](const Json&) { return true; },
      .needs_generated = [](const Json& parameters) { return parameters.at("of") == "generated"; }};
  return info;
}

}  // namespace bcr
