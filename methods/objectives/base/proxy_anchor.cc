// Proxy-anchor loss: a learned proxy for each class is the anchor of the batch's images.
//   h_ik = cosine of x_i and proxy k;  x: features of `side` (B x d), proxies C x d, a: `alpha`, d:
//   `margin`; K+: the classes of the batch
//   L = 1/|K+| sum_{k in K+} log(1 + sum_{i: y_i = k}  exp(-a (h_ik - d)))
//     + 1/C    sum_{all k}   log(1 + sum_{i: y_i != k} exp( a (h_ik + d)))
// A class that is not in the batch has the whole batch as negatives. Label -1 takes no part. Proxies
// are drawn from N(0, 2 / C) (Kaiming, fan-out), anew where labels change, and learned by an Adam of
// their own at `rate_factor` times the model's learning rate, without weight decay. The public code
// also clips gradients at 10 and trains the proxies and the embedding alone in the first epoch; both are
// for a profile to ask (`clip_norm`, of the model's gradient by its length; `freeze_backbone_epochs`).
// Defaults: alpha 32, margin 0.1, rate_factor 100 (the public code's), side before-neck.
// Kim et al., "Proxy Anchor Loss for Deep Metric Learning", CVPR 2020; code
// Proxy-Anchor-CVPR2020 (losses.py, train.py), read.
#include <ATen/ATen.h>

#include <cmath>

#include "harness/core/random.h"
#include "harness/train/objective.h"
#include "methods/support/class_vectors.h"
#include "methods/support/feature_side.h"
#include "methods/support/pairs.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

struct ProxyAnchorOptions {
  double alpha = 32, margin = 0.1, rate_factor = 100;
  Slot side = Slot::kBeforeNeck;
};

// log(1 + sum of exp) over each row's values in the mask: 0 where there is none.
at::Tensor LogOnePlusSum(const at::Tensor& values, const at::Tensor& mask) {
  return at::softplus(LogSumExp(Largest(values, mask, 0)));
}

class ProxyAnchor : public Objective {
 public:
  explicit ProxyAnchor(ProxyAnchorOptions options) : options_(options) {}

  void Prepare(const TrainingSet& set) override {
    width_ = set.feature_width;
    seed_ = DeriveSeed(set.seed, "proxy-anchor");
    device_ = set.device;
  }

  void OnLabels(const LabelSet& labels) override {
    const double deviation = std::sqrt(2.0 / static_cast<double>(labels.classes));
    proxies_ = DrawClassVectors(labels.classes, width_, deviation, seed_, device_);
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor x = UnitRows(batch[options_.side]);
    const at::Tensor h = UnitRows(proxies_.to(x.scalar_type())).matmul(x.t());  // C x B
    const at::Tensor& labels = batch[Slot::kLabels];
    const at::Tensor classes = at::arange(proxies_.size(0), labels.options());
    const at::Tensor own = classes.unsqueeze(1).eq(labels.unsqueeze(0));
    const at::Tensor other = own.logical_not().logical_and(batch[Slot::kValid].unsqueeze(0));
    const at::Tensor pulled = LogOnePlusSum(-options_.alpha * (h - options_.margin), own);
    const at::Tensor pushed = LogOnePlusSum(options_.alpha * (h + options_.margin), other);
    terms.Add("positive", MaskedMean(pulled, own.any(1)));
    terms.Add("negative", pushed.mean());
  }

  std::vector<LearnedPart> OwnParts() override {
    LearnedPart part{"proxies", {}, {.rate_factor = options_.rate_factor}};
    // The trainer asks once before there are labels.
    if (proxies_.defined()) part.parameters = {proxies_};
    return {part};
  }

 private:
  ProxyAnchorOptions options_;
  int64_t width_ = 0;
  uint64_t seed_ = 0;
  std::string device_;
  at::Tensor proxies_;  // C x d
};

}  // namespace

const ObjectiveInfo& objective_proxy_anchor() {
  static const ObjectiveInfo info = {
      .name = "proxy-anchor",
      .revision = 1,
      .about = "A learned proxy for each class pulls its images and pushes all others",
      .source = "Kim et al., CVPR 2020, as in its code",
      .parameters =
          R"({"alpha": 32.0, "margin": 0.1, "rate_factor": 100.0, "side": "before-neck"})",
      .gradient_checks = R"([{}, {"alpha": 4.0, "side": "after-neck"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        ProxyAnchorOptions options;
        options.alpha = reader.Number("alpha", 1e-3, 10'000.0);
        options.margin = reader.Number("margin", -1.0, 1.0);
        options.rate_factor = reader.Number("rate_factor", 1e-6, 1e6);
        options.side = ReadSide(reader);
        return std::make_unique<ProxyAnchor>(options);
      }};
  return info;
}

}  // namespace bcr
