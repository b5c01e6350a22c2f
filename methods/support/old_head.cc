#include "methods/support/old_head.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "harness/core/error.h"
#include "harness/train/batch.h"
#include "harness/train/training_set.h"
#include "methods/support/old_space.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

struct OldHead::State {
  std::string form;
  double scale;
  bool is_old_head = false;
  at::Tensor weight;  // K x d_o
  at::Tensor target;  // old-head: C int64, a label's row or -1
  at::Tensor empty;   // synth-head: C bool
};

OldHead::OldHead(std::string form, double scale)
    : state_(std::make_unique<State>(State{std::move(form), scale, false, {}, {}, {}})) {}
OldHead::~OldHead() = default;

void OldHead::OnLabels(const OldModel& old, const LabelSet& labels, const std::string& device_name,
                       const std::string& who) {
  const std::vector<int64_t> map =
      labels.identities ? old.class_of : std::vector<int64_t>();  // clusters are unknown to it
  const bool overlap = std::any_of(map.begin(), map.end(), [](int64_t k) { return k >= 0; });
  const bool usable = overlap && old.head.rows() > 0;
  state_->is_old_head = state_->form == "old-head" || (state_->form == "auto" && usable);
  const at::Device device(device_name);
  if (!state_->is_old_head) {
    const ClassCentroids centroids = OldCentroids(old.features, labels);
    state_->weight = FromMatrix(centroids.unit).to(device);
    state_->empty =
        at::tensor(centroids.empty, at::TensorOptions(at::kLong)).to(device).to(at::kBool);
    return;
  }
  if (!usable) {
    throw Error(ErrorCode::kConfig,
                {who,
                 overlap ? "form old-head, but no old head for the features that are scored"
                         : "form old-head, but the old model knows none of these identities",
                 overlap ? "an old head, and after-neck features" : "identities in common",
                 "Use the form synth-head (or auto)."});
  }
  state_->weight = FromMatrix(old.head).to(device);
  state_->target = at::tensor(map, at::TensorOptions(at::kLong)).to(device);
}

at::Tensor OldHead::Logits(const at::Tensor& features) const {
  if (state_->is_old_head) {
    const at::Tensor f = LossType(features);
    return f.matmul(state_->weight.to(f.scalar_type()).t());
  }
  const at::Tensor f = UnitRows(features);
  const at::Tensor logits = f.matmul(state_->weight.to(f.scalar_type()).t()) * state_->scale;
  return logits.masked_fill(state_->empty.unsqueeze(0), -std::numeric_limits<double>::infinity());
}

at::Tensor OldHead::Targets(const at::Tensor& labels) const {
  const at::Tensor class_of = labels.clamp_min(0);
  // A class whose old features cancel out has no direction to be pulled to.
  const at::Tensor target = state_->is_old_head
                                ? state_->target.index_select(0, class_of)
                                : class_of.masked_fill(state_->empty.index_select(0, class_of), -1);
  return target.masked_fill(labels.lt(0), -1);
}

void OldHead::AddLoss(const at::Tensor& logits, const at::Tensor& targets, Terms& terms) const {
  const at::Tensor known = targets >= 0;
  const at::Tensor loss =
      -at::log_softmax(logits, 1).gather(1, targets.clamp_min(0).unsqueeze(1)).squeeze(1);
  terms.Add(state_->is_old_head ? "old_head" : "synth_head", MaskedMean(loss, known));
  terms.Log("known_share", known.to(at::kFloat).mean());
}

}  // namespace bcr
