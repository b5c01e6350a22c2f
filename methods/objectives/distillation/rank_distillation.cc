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

#include "harness/core/error.h"
#include "harness/train/objective.h"
#include "harness/train/upload.h"
#include "methods/support/old_head.h"
#include "methods/support/shared_classes.h"
#include "methods/support/tensor_ops.h"
#include "methods/support/virtual_labels.h"

namespace bcr {

namespace {

class RankDistillation : public Objective {
 public:
  RankDistillation(bool generated, std::string student, RankForm form, int64_t keep)
      : generated_(generated), student_(std::move(student)), form_(form), keep_(keep) {}

  void Prepare(const TrainingSet& set) override {
    old_ = set.old_model;
    device_ = set.device;
    head_ = TakeOwnHead(*old_, device_, "rank-distillation");
  }

  void OnLabels(const LabelSet& labels) override {
    SharedClasses shared = ClassesInCommon(*old_, labels);
    shared_ = shared.fresh.size() > 1;
    if (student_ == "new-head" && !shared_) {
      throw Error(
          ErrorCode::kConfig,
          {"objective `rank-distillation`", "fewer than two identities that both models know",
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
      fresh = OwnHeadLogits(head_, old_->head_scale, LossType(batch[Slot::kCompatible]));
    }
    const at::Tensor wanted = RankLabels(old, form_, keep_);
    const at::Tensor loss = SoftCrossEntropy(fresh, wanted.to(fresh.scalar_type()));
    if (!generated_) return terms.Add("ranks", loss.mean());
    const at::Tensor& valid = batch[Slot::kValid];
    const at::Tensor mask = at::logical_and(batch[Slot::kOrigin] == 1, valid.logical_not());
    const at::Tensor sum = at::where(mask, loss, at::zeros({}, loss.options())).sum();
    terms.Add("ranks", sum / valid.sum().clamp_min(1));
  }

 private:
  bool generated_;
  std::string student_;
  RankForm form_;
  int64_t keep_;
  bool shared_ = false;  // two classes that both models know, or more
  const OldModel* old_ = nullptr;
  std::string device_;
  at::Tensor head_;                       // C_o x d_o
  at::Tensor new_classes_, old_classes_;  // S
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
        std::string student = reader.Choice("student", {"auto", "new-head", "old-head"});
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
