// The smallest compatibility objective, to copy from: each new feature is pulled to the old
// centroid of its identity.
//   L = mean_i (1 - cos(n_i, c_y)),  c_k = unit mean of the old unit features of identity k
// n is B x d_o (in the old width), c is C x d_o; label -1 takes no part. No parameters.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/old_space.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

class Pull : public Objective {
 public:
  void Prepare(const TrainingSet& set) override {
    old_ = set.old_model;
    device_ = set.device;
  }
  void OnLabels(const LabelSet& labels) override {  // identities or clusters
    centroids_ = FromMatrix(OldCentroids(old_->features, labels).unit).to(at::Device(device_));
  }
  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor fresh = UnitRows(batch[Slot::kCompatible]);  // in the old model's width
    const at::Tensor target = batch[Slot::kLabels].clamp_min(0);  // -1 is masked below
    const at::Tensor centroid = centroids_.to(fresh.scalar_type()).index_select(0, target);
    terms.Add("cosine", MaskedMean(1 - (fresh * centroid).sum(1), batch[Slot::kValid]));
  }

 private:
  const OldModel* old_ = nullptr;
  std::string device_;
  at::Tensor centroids_;
};

}  // namespace

const ObjectiveInfo& objective_pull() {
  static const ObjectiveInfo info = {
      .name = "pull",
      .revision = 1,
      .about = "Example: cosine to the identity's old centroid",
      .source = "example of this project",
      .needs_old_model = true,
      .parameters = "{}",
      .make = [](JsonReader&) -> std::unique_ptr<Objective> { return std::make_unique<Pull>(); }};
  return info;
}

}  // namespace bcr
