// Influence loss of backward-compatible training: the new feature (B x d_o), in the old model's
// width, is classified by the old model's head.
//   old-head:   cross-entropy over W_o phi(n_i), W_o C_o x d_o, target m(y_i); identities the old
//               model never saw are dropped; features are not normalised, because the old head was
//               trained by a plain linear softmax on such features
//   synth-head: cross-entropy over scale * <n^_i, c^_k>, c^_k the unit mean of old unit features of
//               class k over the current training labels: every class takes part, also clusters and
//               another domain's identities
//   auto:       old-head where the old model has a head for the features that are scored and saw
//               any of the identities, otherwise synth-head
// Shen, Xiong, Xia, Soatto, "Towards Backward-Compatible Representation Learning", CVPR 2020. The
// synthesised head's scale is a choice of this project (the field's code uses none, with a weak
// gradient).
#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "harness/core/error.h"
#include "harness/train/objective.h"
#include "methods/support/old_space.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

class Bct : public Objective {
 public:
  Bct(std::string form, double scale) : form_(std::move(form)), scale_(scale) {}

  void Prepare(const TrainingSet& set) override {
    old_ = set.old_model;
    device_ = set.device;
  }

  void OnLabels(const LabelSet& labels) override {
    const std::vector<int64_t> map =
        labels.identities ? old_->class_of : std::vector<int64_t>();  // clusters are unknown to it
    const bool overlap = std::any_of(map.begin(), map.end(), [](int64_t k) { return k >= 0; });
    use_old_head_ = form_ == "old-head" || (form_ == "auto" && overlap && old_->head.rows() > 0);
    const at::Device device(device_);
    if (use_old_head_) {
      if (!overlap || old_->head.rows() == 0) {
        throw Error(ErrorCode::kConfig,
                    {"objective bct",
                     overlap ? "form old-head, but no old head for the features that are scored"
                             : "form old-head, but the old model knows none of these identities",
                     overlap ? "an old head, and after-neck features" : "identities in common",
                     "Use the form synth-head (or auto)."});
      }
      head_ = FromMatrix(old_->head).to(device);
      target_ = at::tensor(map, at::TensorOptions(at::kLong)).to(device);
    } else {
      const ClassCentroids centroids = OldCentroids(old_->features, labels);
      head_ = FromMatrix(centroids.unit).to(device);
      empty_ = at::tensor(centroids.empty, at::TensorOptions(at::kLong)).to(device).to(at::kBool);
    }
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor labels = batch[Slot::kLabels];
    const at::Tensor class_of = labels.clamp_min(0);
    at::Tensor logits, target;
    if (use_old_head_) {
      const at::Tensor feature = LossType(batch[Slot::kCompatible]);
      logits = feature.matmul(head_.to(feature.scalar_type()).t());
      target = target_.index_select(0, class_of);
    } else {
      const at::Tensor feature = UnitRows(batch[Slot::kCompatible]);
      logits = feature.matmul(head_.to(feature.scalar_type()).t()) * scale_;
      logits = logits.masked_fill(empty_.unsqueeze(0), -std::numeric_limits<double>::infinity());
      // A class whose old features cancel out has no direction to be pulled to.
      target = class_of.masked_fill(empty_.index_select(0, class_of), -1);
    }
    const at::Tensor known = batch[Slot::kValid].logical_and(target >= 0);
    const at::Tensor loss =
        -at::log_softmax(logits, 1).gather(1, target.clamp_min(0).unsqueeze(1)).squeeze(1);
    terms.Add(use_old_head_ ? "old_head" : "synth_head", MaskedMean(loss, known));
    terms.Log("known_share", known.to(at::kFloat).mean());
  }

 private:
  std::string form_;
  double scale_;
  const OldModel* old_ = nullptr;
  std::string device_;
  bool use_old_head_ = false;
  at::Tensor head_, target_, empty_;
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
      .gradient_checks = R"([{"form": "old-head"}, {"form": "synth-head"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const std::string form = reader.Choice("form", {"auto", "old-head", "synth-head"});
        return std::make_unique<Bct>(form, reader.Number("scale", 0.1, 1000.0));
      }};
  return info;
}

}  // namespace bcr
