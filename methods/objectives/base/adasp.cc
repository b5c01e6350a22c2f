// Sparse Pairwise loss and its adaptive form. Per identity c with batch members I_c, s = X X^T of
// the unit rows X (B x d), temperature t:
//   S_h  = -t ln sum_{i,j in I_c} exp(-s_ij / t)                   hardest positive (soft; with
//                                                                  self pairs)
//   S_lh =  t ln sum_{i in I_c} 1 / sum_{j in I_c} exp(-s_ij / t)  least-hard positive (soft)
//   N    =  sum_{i in I_c, j not in I_c} exp(s_ij / t)
//   loss =  ln(1 + N exp(-S / t)),  S = S_h (hard), S_lh (least-hard) or a S_h + (1 - a) S_lh
//           (adaptive), a = 2 S_h S_lh / (S_h + S_lh), no gradient, 0 where S_h < 0
// Mean over the identities of the batch; everything in logarithms; label -1 takes no part.
// X: features before the neck in `adasp`, after it in `adasp-after-neck`, as the published person
// recipes have them. They are two objectives, not a parameter, so that models stored of the first keep
// their keys. Defaults: form adaptive, temperature 0.04. Zhou et al., "Adaptive Sparse Pairwise Loss
// for Object Re-Identification", CVPR 2023 (as its public code computes it).
#include <ATen/ATen.h>

#include <limits>

#include "harness/train/objective.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

// Log-sum-exp over dim 1 of the entries where `mask`, for square matrices. A row without any takes
// its diagonal entry instead: it stands for nothing, but stays finite, and so does its gradient.
at::Tensor MaskedLogSumExp(const at::Tensor& values, const at::Tensor& mask) {
  const at::Tensor diagonal = at::eye(mask.size(0), mask.options());
  const at::Tensor none = mask.any(1, true).logical_not();
  const at::Tensor kept = mask.logical_or(none.logical_and(diagonal));
  return at::logsumexp(values.masked_fill(kept.logical_not(), kMinusInfinity), {1});
}

// The mean over classes of what every row says of its class (equal for the rows of a class): over
// the first row of each, in ascending order of labels. `usable`: rows whose class takes part.
at::Tensor MeanOverClasses(const at::Tensor& per_row, const at::Tensor& labels,
                           const at::Tensor& same, const at::Tensor& usable) {
  const at::Tensor earlier = same.tril(-1).any(1);
  const at::Tensor first = usable.logical_and(earlier.logical_not());
  const at::Tensor key =
      labels.masked_fill(first.logical_not(), std::numeric_limits<int64_t>::max());
  const at::Tensor order = std::get<1>(key.sort(/*stable=*/true, 0, false));
  return MaskedMean(per_row.index_select(0, order), first.index_select(0, order));
}

class SparsePairwise : public Objective {
 public:
  SparsePairwise(std::string form, double temperature, Slot side)
      : form_(std::move(form)), temperature_(temperature), side_(side) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor x = UnitRows(batch[side_]);
    const at::Tensor labels = batch[Slot::kLabels];
    const at::Tensor valid = batch[Slot::kValid];
    const at::Tensor both = valid.unsqueeze(0).logical_and(valid.unsqueeze(1));
    const at::Tensor same = labels.unsqueeze(0).eq(labels.unsqueeze(1)).logical_and(both);
    const at::Tensor other = same.logical_not().logical_and(both);
    const at::Tensor s = x.matmul(x.t()) / temperature_;
    const at::Tensor row_positive = MaskedLogSumExp(-s, same);
    const at::Tensor row_negative = MaskedLogSumExp(s, other);
    // Every row of a class works out the same value: which classes there are is known to the device
    // alone.
    const auto per_class = [&](const at::Tensor& row) {
      return MaskedLogSumExp(row.unsqueeze(0).expand_as(same), same);
    };
    const at::Tensor hard = -per_class(row_positive);        // S_h / t
    const at::Tensor least_hard = per_class(-row_positive);  // S_lh / t
    const at::Tensor loss = at::softplus(per_class(row_negative) - Positive(hard, least_hard));
    // With one class alone nobody has a negative, and the loss is 0.
    terms.Add(form_, MeanOverClasses(loss, labels, same, valid.logical_and(other.any(1))));
  }

 private:
  at::Tensor Positive(const at::Tensor& hard, const at::Tensor& least_hard) const {
    if (form_ == "hard") return hard;
    if (form_ == "least-hard") return least_hard;
    const at::Tensor h = hard.detach() * temperature_;
    const at::Tensor l = least_hard.detach() * temperature_;
    const at::Tensor alpha =
        at::where(h < 0, at::zeros_like(h), 2 * h * l / (h + l).clamp_min(1e-12));
    return alpha * hard + (1 - alpha) * least_hard;
  }

  std::string form_;
  double temperature_;
  Slot side_;
};

template <Slot side>
std::unique_ptr<Objective> Make(JsonReader& reader) {
  const std::string form = reader.Choice("form", {"adaptive", "hard", "least-hard"});
  return std::make_unique<SparsePairwise>(form, reader.Number("temperature", 1e-4, 10.0), side);
}

constexpr const char* kParameters = R"({"form": "adaptive", "temperature": 0.04})";
constexpr const char* kGradientChecks =
    R"([{"form": "hard", "temperature": 0.5}, {"form": "least-hard", "temperature": 0.5}])";
constexpr const char* kDetachedChecks = R"([{}])";

}  // namespace

const ObjectiveInfo& objective_adasp() {
  static const ObjectiveInfo info = {
      .name = "adasp",
      .revision = 1,
      .about = "Sparse Pairwise loss: one soft positive and one soft negative term an identity",
      .source = "Zhou et al., CVPR 2023, as its public code computes it",
      .parameters = kParameters,
      .gradient_checks = kGradientChecks,
      .detached_checks = kDetachedChecks,
      .make = Make<Slot::kBeforeNeck>};
  return info;
}

const ObjectiveInfo& objective_adasp_after_neck() {
  static const ObjectiveInfo info = {
      .name = "adasp-after-neck",
      .revision = 1,
      .about = "adasp on the features after the neck",
      .source = "Zhou et al., CVPR 2023, where its published person recipes take the features",
      .parameters = kParameters,
      .gradient_checks = kGradientChecks,
      .detached_checks = kDetachedChecks,
      .make = Make<Slot::kAfterNeck>};
  return info;
}

}  // namespace bcr
