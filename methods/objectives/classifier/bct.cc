// Influence loss of backward-compatible training: the new feature (B x d_o), in the old model's
// width, is classified by the old model's head.
//   old-head:   cross-entropy over W_o phi(n_i), W_o C_o x d_o, target m(y_i); identities the old
//               model never saw are dropped; features are not normalised, because the old head was
//               trained by a plain linear softmax on such features. One that was trained by a margin
//               softmax (am-softmax, arcface, circle-softmax) says s <n^_i, w^_k> instead, with its
//               own s and without the margin
//   synth-head: cross-entropy over scale * <n^_i, c^_k>, c^_k the unit mean of old unit features of
//               class k over the current training labels: every class takes part, also clusters and
//               another domain's identities
//   raw-means:  cross-entropy over <n, m_k>, m_k the mean of the old features of class k, neither
//               normalised nor scaled: openBCT's synthesised head (evaluate/evaluators.py, read)
//   whole-head: old-head with a row for every class, so that no identity is dropped: unknown ones have
//               the mean of their old features, in the mean length of W_o's rows. OpenCompatible gives
//               all labels to the old classifier (trainer.py, model.py, read), which has rows for all
//               identities from the start: old training met those of unknown ones as negatives alone.
//               The means are this project's choice
//   auto:       old-head where the old model has a head for the features that are scored and saw
//               any of the identities, otherwise synth-head; auto-whole: likewise with whole-head
// Shen, Xiong, Xia, Soatto, "Towards Backward-Compatible Representation Learning", CVPR 2020. The
// synthesised head's scale is a choice of this project. The code of arXiv:2308.06948
// (get_avg_feature.py and BCT/train.py, read) has none: scale 1, recipe bct-mixbct. Its logits lie in
// [-1, 1], so that the gradient is weak; its means are of features as they are.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/old_head.h"

namespace bcr {

namespace {

class Bct : public Objective {
 public:
  Bct(const std::string& form, double scale) : head_(form, scale) {}

  void Prepare(const TrainingSet& set) override {
    old_ = set.old_model;
    device_ = set.device;
  }

  void OnLabels(const LabelSet& labels) override {
    head_.OnLabels(*old_, labels, device_, "objective bct");
  }

  void Compute(const Batch& batch, Terms& terms) override {
    head_.AddLoss(head_.Logits(batch[Slot::kCompatible]), head_.Targets(batch[Slot::kLabels]),
                  terms);
  }

 private:
  OldHead head_;
  const OldModel* old_ = nullptr;
  std::string device_;
};

}  // namespace

const ObjectiveInfo& objective_bct() {
  static const ObjectiveInfo info = {
      .name = "bct",
      .revision = 1,
      .about =
          "Influence loss: the old head (or one synthesised from old features) classifies new "
          "features",
      .source = "Shen et al., CVPR 2020",
      .needs_old_model = true,
      .parameters = R"({"form": "auto", "scale": 16.0})",
      .gradient_checks = R"([{"form": "old-head"}, {"form": "synth-head"}, {"form": "raw-means"},
                             {"form": "whole-head"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const std::string form = reader.Choice(
            "form", {"auto", "auto-whole", "old-head", "synth-head", "raw-means", "whole-head"});
        return std::make_unique<Bct>(form, reader.Number("scale", 0.1, 1000.0));
      },
      .needs_old_head =
          [](const Json& parameters) {
            // The forms `auto` make a classifier of old features where there is none.
            return parameters.at("form") == "old-head" || parameters.at("form") == "whole-head";
          }};
  return info;
}

}  // namespace bcr
