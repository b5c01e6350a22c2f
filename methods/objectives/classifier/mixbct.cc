// MixBCT: in each batch some new features give way to the old features of the same images, and the
// base learner's own losses separate identities in the mixture: one classifier (or, without labels,
// one memory of clusters) has to serve both models. This objective adds no loss of its own, and its
// weight has no effect.
//   of each batch, floor(share * B) images, drawn among those whose old feature is credible: the
//   `credible` share of all labelled images that lie nearest to the mean of their class (cosine to
//   the unit centroid)
//   their after-neck features (d) become the old ones (d_o): as they are where the models' widths
//   agree, else cut, or filled up with zeros, which is how cells of unequal widths are scored
//   rows: raw   old features as they are, because the base learner's classifier is a linear one on
//               features of batch normalisation, in both models
//         unit  of unit length, as published for a classifier by angles
// The draws depend on the seed, the step and the places in the batch. Defaults: share 0.3, credible
// 0.9, rows raw.
// Liang et al., "MixBCT: Towards Self-Adapting Backward-Compatible Training", arXiv:2308.06948, as in
// their code (MixBCT/train.py, read), where ArcFace is the only loss. The base learner's metric loss
// sees the features before the neck, which are not mixed.
#include <ATen/ATen.h>

#include <algorithm>

#include "harness/core/random.h"
#include "harness/train/objective.h"
#include "harness/train/upload.h"
#include "methods/support/old_space.h"
#include "methods/support/similarity.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

// 1 for the `share` of the labelled images that are nearest to the centroid of their class.
std::vector<uint8_t> Credible(const FloatMatrix& unit, const LabelSet& labels, double share) {
  const ClassCentroids centroids = Centroids(unit, labels);
  std::vector<std::pair<double, size_t>> order;  // farthest last, ties by row
  for (size_t i = 0; i < unit.rows(); ++i) {
    if (labels.labels[i] < 0) continue;
    const float* const centre = centroids.unit.row(static_cast<size_t>(labels.labels[i]));
    order.emplace_back(-Dot(unit.row(i), centre, unit.cols()), i);
  }
  std::sort(order.begin(), order.end());
  std::vector<uint8_t> credible(unit.rows());
  const auto kept = static_cast<size_t>(share * static_cast<double>(order.size()));
  for (size_t i = 0; i < kept; ++i) credible[order[i].second] = 1;
  return credible;
}

at::Tensor InWidth(const at::Tensor& rows, int64_t width) {
  const int64_t shared = std::min(width, rows.size(1));
  return at::constant_pad_nd(rows.narrow(1, 0, shared), {0, width - shared});
}

class MixBct : public Objective {
 public:
  MixBct(double share, double credible, bool unit)
      : share_(share), credible_share_(credible), unit_(unit) {}

  void Prepare(const TrainingSet& set) override {
    seed_ = DeriveSeed(set.seed, "mixbct");
    device_ = set.device;
    unit_old_ = set.old_model->features;
    NormalizeRows(unit_old_);
  }

  void OnLabels(const LabelSet& labels) override {
    credible_ = Credible(unit_old_, labels, credible_share_);
  }

  void Transform(Batch& batch) override {
    const at::Tensor& fresh = batch[Slot::kAfterNeck];
    const at::Tensor given = batch[Slot::kOldFeatures].detach();
    const at::Tensor old = InWidth(unit_ ? UnitRows(given) : given, fresh.size(1));
    const std::vector<int64_t> chosen = Choose(batch);
    const at::Tensor mask = Upload(chosen, device_).to(at::kBool);
    batch.Set(Slot::kAfterNeck, at::where(mask.unsqueeze(1), old.to(fresh.scalar_type()), fresh));
    mixed_ = mask.to(at::kFloat).mean();
  }

  void Compute(const Batch& /*batch*/, Terms& terms) override { terms.Log("mixed", mixed_); }
  void AfterStep(const Batch& /*batch*/) override { ++step_; }

  void Save(std::map<std::string, at::Tensor>& state) override {
    state["step"] = at::tensor({static_cast<int64_t>(step_)}, at::kLong);
  }
  void Load(const std::map<std::string, at::Tensor>& state) override {
    step_ = static_cast<uint64_t>(state.at("step").item<int64_t>());
  }

 private:
  // 1 for each image of the batch that gives way.
  std::vector<int64_t> Choose(const Batch& batch) const {
    std::vector<size_t> places;
    for (size_t i = 0; i < batch.rows.size(); ++i) {
      const bool credible = credible_[static_cast<size_t>(batch.rows[i])] != 0;
      if (batch.labels[i] >= 0 && credible) places.push_back(i);
    }
    Random random(DeriveSeed(seed_, step_));
    random.Shuffle(places);
    const auto most = static_cast<size_t>(share_ * static_cast<double>(batch.rows.size()));
    std::vector<int64_t> chosen(batch.rows.size());
    for (size_t i = 0; i < std::min(most, places.size()); ++i) chosen[places[i]] = 1;
    return chosen;
  }

  double share_, credible_share_;
  bool unit_;
  uint64_t seed_ = 0, step_ = 0;
  std::string device_;
  FloatMatrix unit_old_;           // N x d_o
  std::vector<uint8_t> credible_;  // N
  at::Tensor mixed_;
};

}  // namespace

const ObjectiveInfo& objective_mixbct() {
  static const ObjectiveInfo info = {
      .name = "mixbct",
      .revision = 1,
      .about = "Old features take the place of some new ones before the base learner's losses",
      .source = "Liang et al., arXiv:2308.06948, as in their code",
      .needs_old_model = true,
      .parameters = R"({"share": 0.3, "credible": 0.9, "rows": "raw"})",
      .gradient_checks = "[]",  // it has no loss of its own
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const double share = reader.Number("share", 0.0, 1.0);
        const double credible = reader.Number("credible", 0.0, 1.0);
        return std::make_unique<MixBct>(share, credible,
                                        reader.Choice("rows", {"raw", "unit"}) == "unit");
      }};
  return info;
}

}  // namespace bcr
