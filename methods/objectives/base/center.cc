// Center loss: features shall lie near a learned centre of their identity.
//   L = mean_i |x_i - c_{y_i}|^2,   x: before-neck features (B x d), raw; c: C x d, drawn from N(0, 1)
// The centres have an SGD of their own, of `rate` without momentum: c_k <- c_k - rate dL/dc_k. Their
// gradient is that of L itself, whatever the recipe's weight, so that a small weight does not slow
// them (BoT divides by the weight to the same end). Labels that change draw new centres. Label -1
// takes no part. BoT's clamp of each term at 1e-12 is not followed. The first form of the loss (Wen
// et al.) has half of it, and moves centres by the mean of their images instead of the batch's.
// Default: rate 0.5; BoT's weight is 5e-4.
// Wen et al., ECCV 2016, as in Luo et al., "Bag of Tricks ...", CVPRW 2019, whose code
// (reid-strong-baseline, layers/center_loss.py, read) computes it so.
#include <ATen/ATen.h>

#include "harness/core/random.h"
#include "harness/train/objective.h"
#include "methods/support/class_vectors.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

class Center : public Objective {
 public:
  explicit Center(double rate) : rate_(rate) {}

  void Prepare(const TrainingSet& set) override {
    width_ = set.feature_width;
    seed_ = DeriveSeed(set.seed, "center");
    device_ = set.device;
  }

  void OnLabels(const LabelSet& labels) override {
    centres_ = DrawClassVectors(labels.classes, width_, 1, seed_, device_);
  }

  void Compute(const Batch& batch, Terms& terms) override {
    terms.Add("center", MaskedMean(Gaps(batch).pow(2).sum(1), batch[Slot::kValid]));
  }

  // dL/dc_k = -2 / B times the sum of the gaps of class k, as a product: adding up by index would
  // be done in any order on a GPU.
  void AfterBackward(const Batch& batch) override {
    const at::NoGradGuard no_grad;
    const at::Tensor& valid = batch[Slot::kValid];
    const at::Tensor gaps = Gaps(batch).to(at::kFloat);
    const at::Tensor classes = at::arange(centres_.size(0), batch[Slot::kLabels].options());
    const at::Tensor member =
        classes.unsqueeze(1).eq(batch[Slot::kLabels].unsqueeze(0)).to(gaps.scalar_type());
    const at::Tensor count = valid.to(gaps.scalar_type()).sum().clamp_min(1.0);
    centres_.mutable_grad() = member.matmul(gaps) * -2 / count;
  }

  std::vector<LearnedPart> OwnParts() override {
    LearnedPart part{"centres", {}, {.kind = "sgd", .rate = rate_, .momentum = 0}};
    // The trainer asks once before there are labels.
    if (centres_.defined()) part.parameters = {centres_};
    return {part};
  }

 private:
  // x_i - c_{y_i} (B x d); of rows without a label, to any centre.
  at::Tensor Gaps(const Batch& batch) const {
    const at::Tensor x = LossType(batch[Slot::kBeforeNeck]);
    const at::Tensor target = batch[Slot::kLabels].clamp_min(0);
    return x - centres_.detach().index_select(0, target).to(x.scalar_type());
  }

  double rate_;
  int64_t width_ = 0;
  uint64_t seed_ = 0;
  std::string device_;
  at::Tensor centres_;  // C x d
};

}  // namespace

const ObjectiveInfo& objective_center() {
  static const ObjectiveInfo info = {
      .name = "center",
      .revision = 1,
      .about = "Center loss: near a learned centre of the identity, which has an SGD of its own",
      .source = "Wen et al., ECCV 2016, as in BoT's code (CVPRW 2019)",
      .parameters = R"({"rate": 0.5})",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        return std::make_unique<Center>(reader.Number("rate", 1e-6, 10.0));
      }};
  return info;
}

}  // namespace bcr
