#include "methods/support/old_head.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "harness/train/batch.h"
#include "harness/train/head.h"
#include "harness/train/training_set.h"
#include "harness/train/upload.h"
#include "methods/support/old_space.h"
#include "methods/support/similarity.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

double MeanLength(const FloatMatrix& rows) {
  double sum = 0;
  for (size_t k = 0; k < rows.rows(); ++k)
    sum += std::sqrt(Dot(rows.row(k), rows.row(k), rows.cols()));
  return sum / static_cast<double>(rows.rows());
}

// The old model's rows by class of the training list, and scaled class means for the others.
FloatMatrix WholeHead(const OldModel& old, const ClassMeans& means) {
  FloatMatrix rows = means.mean;
  NormalizeRows(rows);
  const double length = MeanLength(old.head);
  for (size_t k = 0; k < rows.rows(); ++k) {
    const int64_t known = old.class_of[k];
    for (size_t j = 0; j < rows.cols(); ++j) {
      rows.row(k)[j] = known >= 0 ? old.head.row(static_cast<size_t>(known))[j]
                                  : static_cast<float>(length * rows.row(k)[j]);
    }
  }
  return rows;
}

}  // namespace

at::Tensor OwnHeadLogits(const at::Tensor& head, double cosine_scale, const at::Tensor& features) {
  const at::Tensor f = LossType(features);
  return HeadLogits(f, head.to(f.scalar_type()), cosine_scale);
}

at::Tensor TakeOwnHead(const OldModel& old, const std::string& device,
                       const std::string& objective) {
  if (old.head.rows() == 0) {
    throw Error(ErrorCode::kConfig,
                {"objective " + objective, "no old head for the features that are scored",
                 "an old head, and after-neck features",
                 "Use an objective on features, such as regression or bct's synth-head."});
  }
  return FromMatrix(old.head).to(at::Device(device));
}

struct OldHead::State {
  std::string form;
  double scale;
  std::string used;         // the form in use: never `auto`
  at::Tensor weight;        // K x d_o
  at::Tensor target;        // old-head: C int64, a label's row or -1
  at::Tensor empty;         // the other forms: C bool, classes without a row
  double cosine_scale = 0;  // of the old model's own head; 0: it is linear
  void SetMeans(const OldModel& old, const LabelSet& labels, const std::string& device);
  at::Tensor Logits(const at::Tensor& features) const;  // no column masked
};

OldHead::OldHead(std::string form, double scale)
    : state_(std::make_unique<State>(State{std::move(form), scale, "", {}, {}, {}, 0})) {}
OldHead::~OldHead() = default;

void OldHead::State::SetMeans(const OldModel& old, const LabelSet& labels,
                              const std::string& device) {
  if (used == "synth-head") {
    const ClassCentroids centroids = OldCentroids(old.features, labels);
    weight = FromMatrix(centroids.unit).to(at::Device(device));
    empty = Upload(centroids.empty, device).to(at::kBool);
    return;
  }
  const ClassMeans means = MeansOf(old.features, labels);
  weight =
      FromMatrix(used == "whole-head" ? WholeHead(old, means) : means.mean).to(at::Device(device));
  std::vector<int64_t> without;
  for (size_t k = 0; k < means.count.size(); ++k) {
    const bool known = used == "whole-head" && old.class_of[k] >= 0;
    without.push_back(means.count[k] == 0 && !known ? 1 : 0);
  }
  empty = Upload(std::move(without), device).to(at::kBool);
}

void OldHead::OnLabels(const OldModel& old, const LabelSet& labels, const std::string& device,
                       const std::string& who) {
  const std::vector<int64_t> map =
      labels.identities ? old.class_of : std::vector<int64_t>();  // clusters are unknown to it
  const bool overlap = std::any_of(map.begin(), map.end(), [](int64_t k) { return k >= 0; });
  const bool usable = overlap && old.head.rows() > 0;
  const std::string& form = state_->form;
  if (form == "auto" || form == "auto-whole") {
    state_->used = !usable ? "synth-head" : form == "auto" ? "old-head" : "whole-head";
  } else {
    state_->used = form;
  }
  if ((state_->used == "old-head" || state_->used == "whole-head") && !usable) {
    throw Error(ErrorCode::kConfig,
                {who,
                 overlap ? "form " + form + ", but no old head for the features that are scored"
                         : "form " + form + ", but the old model knows none of these identities",
                 overlap ? "an old head, and after-neck features" : "identities in common",
                 "Use the form synth-head (or auto, or auto-whole)."});
  }
  const bool own_rows = state_->used == "old-head" || state_->used == "whole-head";
  state_->cosine_scale = own_rows ? old.head_scale : 0;
  if (state_->used != "old-head") return state_->SetMeans(old, labels, device);
  state_->weight = FromMatrix(old.head).to(at::Device(device));
  state_->target = Upload(map, device);
}

at::Tensor OldHead::State::Logits(const at::Tensor& features) const {
  if (used != "synth-head") return OwnHeadLogits(weight, cosine_scale, features);
  const at::Tensor f = UnitRows(features);
  return f.matmul(weight.to(f.scalar_type()).t()) * scale;
}

at::Tensor OldHead::Logits(const at::Tensor& features) const {
  const at::Tensor logits = state_->Logits(features);
  return state_->used == "old-head" ? logits : MaskColumns(logits, state_->empty);
}

at::Tensor OldHead::Targets(const at::Tensor& labels) const {
  const at::Tensor class_of = labels.clamp_min(0);
  // A class whose old features cancel out has no direction to be pulled to.
  const at::Tensor target = state_->used == "old-head"
                                ? state_->target.index_select(0, class_of)
                                : class_of.masked_fill(state_->empty.index_select(0, class_of), -1);
  return target.masked_fill(labels.lt(0), -1);
}

void OldHead::AddLoss(const at::Tensor& logits, const at::Tensor& targets, Terms& terms) const {
  const at::Tensor known = targets >= 0;
  std::string term = state_->used;
  std::replace(term.begin(), term.end(), '-', '_');
  terms.Add(term, MaskedMean(CrossEntropy(logits, targets), known));
  terms.Log("known_share", known.to(at::kFloat).mean());
}

}  // namespace bcr
