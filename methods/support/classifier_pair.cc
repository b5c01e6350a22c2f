#include "methods/support/classifier_pair.h"

#include <ATen/ATen.h>

#include "harness/core/error.h"
#include "harness/train/objective.h"
#include "harness/train/upload.h"
#include "methods/support/old_head.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

const std::vector<std::string>& StudentChoices() {
  static const std::vector<std::string> choices = {"auto", "new-head", "old-head"};
  return choices;
}

struct ClassifierPair::State {
  std::string student, objective;
  bool shared = false;  // two classes that both models know, or more
  const OldModel* old = nullptr;
  std::string device;
  at::Tensor head;                      // C_o x d_o
  at::Tensor new_classes, old_classes;  // S
};

ClassifierPair::ClassifierPair(std::string student, std::string objective)
    : state_(new State{.student = std::move(student), .objective = std::move(objective)}) {}
ClassifierPair::~ClassifierPair() = default;

void ClassifierPair::Prepare(const TrainingSet& set) {
  state_->old = set.old_model;
  state_->device = set.device;
  state_->head = TakeOwnHead(*set.old_model, set.device, state_->objective);
}

void ClassifierPair::OnLabels(const LabelSet& labels) {
  const std::vector<int64_t>& class_of = state_->old->class_of;
  std::vector<int64_t> new_classes, old_classes;
  for (size_t k = 0; labels.identities && k < class_of.size(); ++k) {
    if (class_of[k] < 0) continue;
    new_classes.push_back(static_cast<int64_t>(k));
    old_classes.push_back(class_of[k]);
  }
  state_->shared = new_classes.size() > 1;
  if (state_->student == "new-head" && !state_->shared) {
    throw Error(
        ErrorCode::kConfig,
        {"objective " + state_->objective, "fewer than two identities that both models know",
         "identities in common", "Use the student old-head (or auto), which needs none."});
  }
  state_->new_classes = Upload(std::move(new_classes), state_->device);
  state_->old_classes = Upload(std::move(old_classes), state_->device);
}

std::pair<at::Tensor, at::Tensor> ClassifierPair::Of(const Batch& batch) const {
  const State& s = *state_;
  const at::Tensor old =
      OwnHeadLogits(s.head, s.old->head_scale, batch[Slot::kOldFeatures].detach());
  if (s.student == "new-head" || (s.student == "auto" && s.shared && batch.Has(Slot::kLogits))) {
    return {old.index_select(1, s.old_classes),
            LossType(batch[Slot::kLogits]).index_select(1, s.new_classes)};
  }
  return {old, OwnHeadLogits(s.head, s.old->head_scale, batch[Slot::kCompatible])};
}

}  // namespace bcr
