// Prototype perturbation, driven by neighbours: an influence loss on the old class centroids after
// each was moved away from those that crowd it.
//   p_k = normalise(c^_k - step * sum over the K nearest j of softmax_j(<c^_k, c^_j> / temperature)
//         (c^_j - c^_k)),     L = mean over images of CE(scale * <n^, p_k> over the classes k, y)
// n^: unit new features in the old width (B x d_o); c^_k: unit means of old unit features under the
// current labels. Label -1, and classes whose old features cancel out, take no part.
// Defaults: step 0.2, temperature 0.1, neighbours 10, scale 16; step 0 is `bct`'s synth-head.
// Reconstruction of Zhou et al., arXiv:2503.14824, from its abstract: the prototypes' update and
// every number are this project's, the optimised variant (ODPP) is left out, and so is what the
// method takes from the new feature distribution.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/train/objective.h"
#include "harness/train/upload.h"
#include "methods/support/old_space.h"
#include "methods/support/prototype_loss.h"
#include "methods/support/similarity.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

struct PerturbationOptions {
  double step = 0.2, temperature = 0.1, scale = 16;
  int64_t neighbours = 10;
};

// The centroid minus a step towards its neighbours, not normalised.
void Move(const FloatMatrix& centres, size_t k, const std::vector<int64_t>& near,
          const PerturbationOptions& options, float* moved) {
  std::vector<double> weights;
  double sum = 0;
  for (const int64_t j : near) {
    const double similarity =
        Dot(centres.row(k), centres.row(static_cast<size_t>(j)), centres.cols());
    // Similarities are at most 1: no exponent overflows.
    weights.push_back(std::exp((similarity - 1) / options.temperature));
    sum += weights.back();
  }
  for (size_t i = 0; i < near.size() && sum > 0; ++i) {
    const float* const other = centres.row(static_cast<size_t>(near[i]));
    const auto step = static_cast<float>(options.step * weights[i] / sum);
    for (size_t c = 0; c < centres.cols(); ++c) moved[c] -= step * (other[c] - centres.row(k)[c]);
  }
}

FloatMatrix Perturb(const ClassCentroids& centroids, const PerturbationOptions& options) {
  std::vector<int64_t> group(centroids.empty.size());
  std::iota(group.begin(), group.end(), 0);
  for (size_t k = 0; k < group.size(); ++k) {
    if (centroids.empty[k] != 0) group[k] = -1;
  }
  const auto near = NearestOthers(centroids.unit, group, options.neighbours);
  FloatMatrix moved = centroids.unit;
  for (size_t k = 0; k < group.size(); ++k) {
    if (group[k] >= 0) Move(centroids.unit, k, near[k], options, moved.row(k));
  }
  NormalizeRows(moved);
  return moved;
}

class PrototypePerturbation : public Objective {
 public:
  explicit PrototypePerturbation(PerturbationOptions options) : options_(options) {}

  void Prepare(const TrainingSet& set) override {
    old_ = set.old_model;
    device_ = set.device;
  }

  void OnLabels(const LabelSet& labels) override {
    const ClassCentroids centroids = OldCentroids(old_->features, labels);
    prototypes_ = FromMatrix(Perturb(centroids, options_)).to(at::Device(device_));
    empty_ = Upload(centroids.empty, device_).to(at::kBool);
  }

  void Compute(const Batch& batch, Terms& terms) override {
    terms.Add("prototype", PrototypeLoss(batch, prototypes_, empty_, options_.scale));
  }

 private:
  PerturbationOptions options_;
  const OldModel* old_ = nullptr;
  std::string device_;
  at::Tensor prototypes_, empty_;  // C x d_o unit rows, C bool
};

}  // namespace

const ObjectiveInfo& objective_prototype_perturbation() {
  static const ObjectiveInfo info = {
      .name = "prototype-perturbation",
      .revision = 1,
      .about = "Influence loss on old centroids that were moved away from their neighbours",
      .source = "reconstruction: Zhou et al., arXiv:2503.14824, from its abstract",
      .needs_old_model = true,
      .parameters = R"({"step": 0.2, "temperature": 0.1, "neighbours": 10, "scale": 16.0})",
      .gradient_checks = R"([{"neighbours": 3}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        PerturbationOptions options;
        options.step = reader.Number("step", 0.0, 10.0);
        options.temperature = reader.Number("temperature", 1e-3, 100.0);
        options.neighbours = reader.Integer("neighbours", 0, 1'000'000);
        options.scale = reader.Number("scale", 0.1, 1000.0);
        return std::make_unique<PrototypePerturbation>(options);
      }};
  return info;
}

}  // namespace bcr
