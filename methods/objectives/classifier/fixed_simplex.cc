// Cross-entropy against a classifier that is never trained: its rows are the corners of a regular
// simplex, one for each person that old and new models may ever see. Models that learn it turn the
// features of one person the same way, without knowing each other.
//   L = mean over images of CE(n W^T, p(y));  W: K x (K - 1), unit rows, cosine -1 / (K - 1) pairwise
// n: after-neck features (B x (K - 1)) as long as they are, without a scale, as published; K:
// `people`; p(y): the place of the person (TrainingSet::people). Labels that are no identities take
// the place of their number. Label -1 takes no part.
// Corners: e_1 .. e_d and (1 - sqrt(1 + d)) / d * (1, .., 1), less their mean, made unit; d = K - 1.
// All of these have the same entries but one, so that n W^T needs no matrix.
// Default: people 1,024, as in HOC.
// Biondi et al., "CoReS: Compatible Representations via Stationarity", TPAMI 2023, arXiv:2111.07632;
// "CL2R", TOMM 2023, arXiv:2211.09032; corners as in the code of HOC (CVPR 2024; read).
#include <ATen/ATen.h>

#include <cmath>

#include "harness/core/error.h"
#include "harness/train/objective.h"
#include "harness/train/upload.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

constexpr int64_t kMostPeople = 65536;

// rows W^T: B x (d + 1) for rows of width d.
at::Tensor SimplexLogits(const at::Tensor& rows) {
  const auto d = static_cast<double>(rows.size(1));
  const double last = (1 - std::sqrt(1 + d)) / d;
  const double mean = (1 + last) / (d + 1);
  const double length = std::sqrt(d / (d + 1));
  const at::Tensor sums = rows.sum(1, /*keepdim=*/true);
  return at::cat({rows - sums * mean, sums * (last - mean)}, 1) / length;
}

class FixedSimplex : public Objective {
 public:
  explicit FixedSimplex(int64_t people) : people_(people) {}

  void Prepare(const TrainingSet& set) override {
    if (set.feature_width != people_ - 1) {
      throw Error(
          ErrorCode::kConfig,
          {"objective `fixed-simplex`", "features of width " + std::to_string(set.feature_width),
           std::to_string(people_ - 1) + ", one less than `people`",
           "Name it in a base recipe: the model then gets a layer of that width."});
    }
    device_ = set.device;
    places_of_identities_ = set.people;
    if (places_of_identities_.empty()) Number(set.classes, places_of_identities_);
    CheckPlaces(places_of_identities_);
    places_ = Upload(places_of_identities_, device_);
  }

  void OnLabels(const LabelSet& labels) override {
    std::vector<int64_t> places = places_of_identities_;
    if (!labels.identities) Number(labels.classes, places);
    CheckPlaces(places);
    places_ = Upload(places, device_);
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor logits = SimplexLogits(LossType(batch[Slot::kAfterNeck]));
    const at::Tensor target = places_.index_select(0, batch[Slot::kLabels].clamp_min(0));
    terms.Add("simplex", MaskedMean(CrossEntropy(logits, target), batch[Slot::kValid]));
  }

 private:
  static void Number(int64_t classes, std::vector<int64_t>& places) {
    places.resize(static_cast<size_t>(classes));
    for (size_t k = 0; k < places.size(); ++k) places[k] = static_cast<int64_t>(k);
  }

  void CheckPlaces(const std::vector<int64_t>& places) const {
    for (const int64_t place : places) {
      if (place < people_) continue;
      throw Error(ErrorCode::kConfig,
                  {"objective `fixed-simplex`", "person number " + std::to_string(place + 1),
                   "at most " + std::to_string(people_) + " people",
                   "Raise it with --set fixed-simplex.people=..."});
    }
  }

  int64_t people_;
  std::string device_ = "cpu";
  std::vector<int64_t> places_of_identities_;  // by class of the training list
  at::Tensor places_;                          // the same by class of the current labels
};

}  // namespace

const ObjectiveInfo& objective_fixed_simplex() {
  static const ObjectiveInfo info = {
      .name = "fixed-simplex",
      .revision = 1,
      .about = "Cross-entropy against the corners of a simplex, a place for each person to come",
      .source = "Biondi et al., TPAMI 2023 (CoReS); corners as in the code of CVPR 2024 (HOC)",
      .parameters = R"({"people": 1024})",
      .gradient_checks = R"([{"people": 6}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        return std::make_unique<FixedSimplex>(reader.Integer("people", 2, kMostPeople));
      },
      .places = [](const Json& parameters) -> FixedPlaces {
        const auto people = parameters.at("people").get<int64_t>();
        return {.width = static_cast<int>(people - 1), .people = people};
      }};
  return info;
}

}  // namespace bcr
