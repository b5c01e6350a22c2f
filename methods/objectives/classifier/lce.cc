// Learning compatible embeddings: the new classifier's rows are aligned with the old centroids, and
// a new feature may lie no further from its class's old centroid than the loosest old feature does.
// n^: unit new features in the old width (B x d_o); c^_k: unit mean of the old unit features of class
// k; w^_k: unit rows of the new classifier (C x d). By `form`:
//   cosine: b_k = min(floor, min over the class of <o^, c^_k>)
//           L = align_weight * mean over classes and coordinates of (w^_k - c^_k)^2
//             + bound_weight * mean over images of [b_y - <n^, c^_y>]_+
//   angle:  t_k = the largest angle of the class's old features to c^_k that is no outlier
//           (methods/support/class_radii.h)
//           L = align_weight * mean over images of (1 - <w^_y, c^_y>)
//             + bound_weight * mean over images of [acos<n^, c^_y> - t_y]_+
//           Classes of one image, and of images whose old features agree, have no angle: their
//           images count in neither mean
// Label -1, and classes whose old features cancel out, take no part. Where the base learner has no
// classifier nothing is aligned. Where the widths differ, the first coordinates that both have are
// aligned, as cells of unequal widths are scored.
// Defaults: form cosine, align_weight 100, bound_weight 1, floor 0.95 (1: none).
// Meng, Zhang, Xu, Zhou, "Learning Compatible Embeddings", ICCV 2021, as in their code (main.py,
// read), with two departures: n is normalised there only in name (its unnormalised products are
// clamped, which stops the gradient), and singletons there force n onto o, hence the floor. The form
// `angle` is AdvBCT's reimplementation (trainer.py and extract_feat.py, read), whose weights are 1.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "harness/train/objective.h"
#include "harness/train/upload.h"
#include "methods/support/class_radii.h"
#include "methods/support/old_space.h"
#include "methods/support/similarity.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

struct LceOptions {
  bool angle = false;
  double align_weight = 100, bound_weight = 1, floor = 0.95;
};

// The cosine of each old feature to its class's centroid, by class.
std::vector<std::vector<double>> CosinesByClass(const FloatMatrix& unit, const FloatMatrix& centres,
                                                const LabelSet& labels) {
  std::vector<std::vector<double>> cosines(static_cast<size_t>(labels.classes));
  for (size_t i = 0; i < unit.rows(); ++i) {
    if (labels.labels[i] < 0) continue;
    const auto k = static_cast<size_t>(labels.labels[i]);
    cosines[k].push_back(Dot(unit.row(i), centres.row(k), unit.cols()));
  }
  return cosines;
}

class Lce : public Objective {
 public:
  explicit Lce(LceOptions options) : options_(options) {}

  void Prepare(const TrainingSet& set) override {
    old_ = set.old_model;
    device_ = set.device;
  }

  void OnLabels(const LabelSet& labels) override {
    FloatMatrix unit = old_->features;
    NormalizeRows(unit);
    const ClassCentroids centroids = Centroids(unit, labels);
    std::vector<double> bounds;
    std::vector<int64_t> usable;
    for (const std::vector<double>& cosines : CosinesByClass(unit, centroids.unit, labels)) {
      const bool empty = centroids.empty[bounds.size()] != 0;
      bounds.push_back(empty ? 0 : BoundOf(cosines));
      usable.push_back(!empty && (!options_.angle || bounds.back() > 0) ? 1 : 0);
    }
    const at::Device device(device_);
    centres_ = FromMatrix(centroids.unit).to(device);
    bounds_ = at::tensor(bounds, at::kDouble).to(device);
    usable_ = Upload(std::move(usable), device_).to(at::kBool);
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor fresh = UnitRows(batch[Slot::kCompatible]);
    const at::Tensor& valid = batch[Slot::kValid];
    const at::Tensor label = batch[Slot::kLabels].clamp_min(0);
    const at::Tensor centres = centres_.to(fresh.scalar_type());
    const at::Tensor cosine = (fresh * centres.index_select(0, label)).sum(1);
    const at::Tensor bound = bounds_.index_select(0, label).to(fresh.scalar_type());
    const at::Tensor excess = options_.angle ? Angle(cosine) - bound : bound - cosine;
    const at::Tensor counted = usable_.index_select(0, label).logical_and(valid);
    terms.Add("boundary", MaskedMean(excess.clamp_min(0.0), counted) * options_.bound_weight);
    terms.Log("outside", MaskedMean(excess.gt(0).to(fresh.scalar_type()), counted));
    if (!batch.Has(Slot::kHeadWeight)) return;
    const at::Tensor distances = Distances(batch[Slot::kHeadWeight], centres);
    terms.Add("align",
              options_.align_weight *
                  (options_.angle ? MaskedMean(0.5 * distances.index_select(0, label), counted)
                                  : MaskedMean(distances, usable_) / centres.size(1)));
  }

 private:
  // The angle of a class of one image is 0, whatever the rounding of its centroid.
  double BoundOf(const std::vector<double>& cosines) const {
    if (!options_.angle)
      return std::min(options_.floor, *std::min_element(cosines.begin(), cosines.end()));
    if (cosines.size() < 2) return 0;
    std::vector<double> angles;
    for (const double cosine : cosines) angles.push_back(std::acos(std::clamp(cosine, -1.0, 1.0)));
    return LargestWithoutOutliers(angles);
  }

  static at::Tensor Angle(const at::Tensor& cosine) {
    return cosine.clamp(-1 + 1e-7, 1 - 1e-7).acos();
  }

  // |w^_k - c^_k|^2, C.
  static at::Tensor Distances(const at::Tensor& head, const at::Tensor& centres) {
    const int64_t width = std::min(head.size(1), centres.size(1));
    const at::Tensor w = UnitRows(head.narrow(1, 0, width)).to(centres.scalar_type());
    const at::Tensor c = UnitRows(centres.narrow(1, 0, width));
    return (w - c).pow(2).sum(1);
  }

  LceOptions options_;
  const OldModel* old_ = nullptr;
  std::string device_;
  at::Tensor centres_, bounds_, usable_;  // C x d_o, C, C bool
};

}  // namespace

const ObjectiveInfo& objective_lce() {
  static const ObjectiveInfo info = {
      .name = "lce",
      .revision = 2,
      .about = "The classifier's rows lie on the old centroids, new features within the old bounds",
      .source = "Meng et al., ICCV 2021, as in their code; the form `angle` as in AdvBCT's",
      .needs_old_model = true,
      .parameters =
          R"({"form": "cosine", "align_weight": 100.0, "bound_weight": 1.0, "floor": 0.95})",
      .gradient_checks = R"([{}, {"form": "angle", "align_weight": 1.0}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        LceOptions options;
        options.angle = reader.Choice("form", {"cosine", "angle"}) == "angle";
        options.align_weight = reader.Number("align_weight", 0.0, 1e6);
        options.bound_weight = reader.Number("bound_weight", 0.0, 1e6);
        options.floor = reader.Number("floor", -1.0, 1.0);
        return std::make_unique<Lce>(options);
      }};
  return info;
}

}  // namespace bcr
