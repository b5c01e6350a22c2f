// Soft triplet of Mutual Mean-Teaching: of an image, its furthest image of the same identity and its nearest
// one of another, the model shall say what the mean teacher says of which is nearer.
//   d_p, d_n    Euclidean distances of the anchor to that positive and that negative, on before-neck
//               features as they are (B x d), by the model, which also picks both images; d'_p, d'_n by
//               the teacher for the same images, without gradient
//   p = softmax(d_p, d_n), q = softmax(d'_p, d'_n)
//   loss        mean -(q_p log p_p + q_n log p_n)
// Anchors without a negative, and label -1 on either side, take no part; of images that are equally far
// the first in the batch is taken. The hard form, -log p_n, is `triplet` with margin 0. `decay`,
// `warm_up` and `statistics` are those of the teacher, as in mean-teacher. Of two students each is told
// what the other's teacher says.
// Ge, Chen and Li, "Mutual Mean-Teaching", ICLR 2020, in the form of its authors' public code.
#include <ATen/ATen.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "harness/train/objective.h"
#include "methods/support/tensor_ops.h"
#include "methods/support/triplets.h"

namespace bcr {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Of each row the place of its first smallest value: n x 1.
at::Tensor FirstSmallest(const at::Tensor& values) {
  return std::get<1>(at::sort(values.detach(), /*stable=*/true, 1, false)).narrow(1, 0, 1);
}

class SoftTriplet : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor d = DistancesAmong(LossType(batch[Slot::kBeforeNeck]));
    const at::Tensor taught =
        DistancesAmong(batch[Slot::kTeacherFeatures].detach().to(d.scalar_type()));
    const at::Tensor labels = batch[Slot::kLabels], valid = batch[Slot::kValid];
    const at::Tensor same =
        labels.unsqueeze(0).eq(labels.unsqueeze(1)).logical_and(valid.unsqueeze(0));
    const at::Tensor other = same.logical_not().logical_and(valid.unsqueeze(0));
    const at::Tensor positive = FirstSmallest((-d).masked_fill(same.logical_not(), kInfinity));
    const at::Tensor negative = FirstSmallest(d.masked_fill(other.logical_not(), kInfinity));
    const auto gap = [&](const at::Tensor& distances) {
      return (distances.gather(1, positive) - distances.gather(1, negative)).squeeze(1);
    };
    const at::Tensor own = gap(d), share = gap(taught).sigmoid();  // q_p
    // -log p_p is softplus(-gap), -log p_n softplus(gap).
    const at::Tensor loss = share * at::softplus(-own) + (1 - share) * at::softplus(own);
    terms.Add("soft", MaskedMean(loss, valid.logical_and(other.any(1))));
  }
};

}  // namespace

const ObjectiveInfo& objective_soft_triplet() {
  static const ObjectiveInfo info = {
      .name = "soft-triplet",
      .revision = 1,
      .about = "Of hardest pairs the model says what a mean teacher says of which is nearer",
      .source = "Ge et al., ICLR 2020 (MMT), as in their code",
      .parameters = R"({"decay": 0.999, "warm_up": true, "statistics": "own"})",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        reader.Number("decay", 0, 0.9999999);
        reader.Bool("warm_up");
        reader.Choice("statistics", {"own", "averaged"});
        return std::make_unique<SoftTriplet>();
      },
      .teacher =
          [](const Json& parameters) {
            return TeacherChoice{.decay = parameters.at("decay").get<double>(),
                                 .warm_up = parameters.at("warm_up").get<bool>(),
                                 .own_statistics = parameters.at("statistics") == "own"};
          }};
  return info;
}

}  // namespace bcr
