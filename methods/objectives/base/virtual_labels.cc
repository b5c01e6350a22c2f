// Softmax over training identities, in which generated images take part with virtual labels. K
// identities, logits z = W f of after-neck features, p = softmax(z):
//   real image of identity c:  l = -log p_c (label smoothing e: (1 - e) of it, e of the mean over classes)
//   generated image:           l = lambda * sum_k -q_k log p_k, gradient lambda (p - q), with `label`
//     mprl        q_k = a_k / (1 + ... + K), a_k the rank of p_k, K for the likeliest; of the same forward
//                 pass that is learned from (the dynamic forms: sMpRL is recipe `mprl-static`)
//     lsro        q_k = 1 / K
//     one-hot     q = 1 for the likeliest identity
//     all-in-one  q = 1 for a further class K + 1, whose row this objective learns beside the head; real
//                 images are then classified among K + 1, too
//   L = (sum of both) / N, by `mean`: N all images of the batch (as published), or those with an identity
//   (so that the real ones weigh as much as in `identity`, beside a metric loss).
// Until the share `start` of training is done generated images have no loss. They go through the network
// all the same and count in batch normalisation, as in the published code. Images that are neither
// generated nor of an identity have no part. Ranks and the likeliest class are taken as constants.
// Other losses of the recipe do not see generated images: these have label -1.
// Defaults: dMpRL-II, lambda 0.1 from start 0.4 on (20 of 50 epochs); `keep` 0 (n: the n highest ranks
// alone, the code's sparse form); `form` rank, as in the paper (argsort: the released code, which stores
// the inverse permutation); `label_smoothing` 0; `mean` all.
// Huang et al., "Multi-Pseudo Regularized Label for Generated Data in Person Re-Identification", IEEE TIP
// 2019, arXiv:1801.06742, eq. 5-9 and code, both read; the gradient is the code's, which is that of the
// loss (eq. 15 is not). LSRO, all-in-one: Zheng et al., ICCV 2017, arXiv:1701.07717.
#include "methods/support/virtual_labels.h"

#include <ATen/ATen.h>

#include "harness/core/random.h"
#include "harness/train/objective.h"
#include "methods/support/class_vectors.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

constexpr double kDeviation = 0.001;  // of the identity head's first values

struct Options {
  std::string label, mean;
  RankForm form = RankForm::kRank;
  int64_t keep = 0;
  double lambda = 0.1, start = 0, smoothing = 0;
};

class VirtualLabels : public Objective {
 public:
  explicit VirtualLabels(Options options) : options_(std::move(options)) {}

  void Prepare(const TrainingSet& set) override {
    if (options_.label == "all-in-one") {
      row_ = DrawClassVectors(1, set.feature_width, kDeviation,
                              DeriveSeed(set.seed, "virtual-labels"), set.device);
    }
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor logits = Logits(batch);
    const at::Tensor& valid = batch[Slot::kValid];
    const at::Tensor generated = GeneratedImages(batch);
    const at::Tensor log_p = at::log_softmax(logits, 1);
    const at::Tensor target = batch[Slot::kLabels].clamp_min(0).unsqueeze(1);
    const at::Tensor real = log_p.gather(1, target).squeeze(1) * (options_.smoothing - 1) -
                            log_p.mean(1) * options_.smoothing;
    terms.Add("softmax", Mean(real, valid, batch));
    const bool begun = batch.progress >= options_.start;
    const at::Tensor virtually = SoftCrossEntropy(logits, Labels(logits));
    terms.Add("virtual", Mean(virtually, generated, batch) * (begun ? options_.lambda : 0.0));
    terms.Log("virtual_loss", MaskedMean(virtually.detach(), generated));
  }

  std::vector<at::Tensor> Parameters() override {
    return row_.defined() ? std::vector<at::Tensor>{row_} : std::vector<at::Tensor>();
  }

 private:
  at::Tensor Logits(const Batch& batch) const {
    const at::Tensor logits = LossType(batch[Slot::kLogits]);
    if (!row_.defined()) return logits;
    const at::Tensor further =
        LossType(batch[Slot::kAfterNeck]).to(logits.scalar_type()).matmul(row_.t().to(logits));
    return at::cat({logits, further}, 1);
  }

  at::Tensor Labels(const at::Tensor& logits) const {
    if (options_.label == "lsro") return UniformLabels(logits);
    if (options_.label == "one-hot") return LikeliestLabels(logits);
    if (options_.label == "mprl") return RankLabels(logits, options_.form, options_.keep);
    at::Tensor labels = at::zeros_like(logits.detach());
    labels.select(1, labels.size(1) - 1).fill_(1.0);
    return labels;
  }

  at::Tensor Mean(const at::Tensor& values, const at::Tensor& mask, const Batch& batch) const {
    const at::Tensor sum = SumOver(values, mask);
    if (options_.mean == "all") return sum / static_cast<double>(values.size(0));
    return sum / batch[Slot::kValid].sum().clamp_min(1);
  }

  Options options_;
  at::Tensor row_;  // 1 x d, of all-in-one's further class
};

std::unique_ptr<Objective> Make(JsonReader& reader) {
  Options options;
  options.label = reader.Choice("label", {"mprl", "lsro", "one-hot", "all-in-one"});
  options.form =
      reader.Choice("form", {"rank", "argsort"}) == "rank" ? RankForm::kRank : RankForm::kArgsort;
  options.keep = reader.Integer("keep", 0, 1'000'000'000);
  options.lambda = reader.Number("lambda", 0.0, 1e6);
  options.start = reader.Number("start", 0.0, 1.0);
  options.smoothing = reader.Number("label_smoothing", 0.0, 0.999);
  options.mean = reader.Choice("mean", {"all", "labelled"});
  return std::make_unique<VirtualLabels>(std::move(options));
}

}  // namespace

const ObjectiveInfo& objective_virtual_labels() {
  static const ObjectiveInfo info = {
      .name = "virtual-labels",
      .revision = 1,
      .about = "Softmax over identities; generated images have labels by rank (MpRL, LSRO, ...)",
      .source = "Huang et al., IEEE TIP 2019 (MpRL), eq. 5-9; Zheng et al., ICCV 2017 (LSRO)",
      .parameters = R"({"label": "mprl", "lambda": 0.1, "start": 0.4, "form": "rank", "keep": 0,
                        "label_smoothing": 0.0, "mean": "all"})",
      .gradient_checks =
          R"([{}, {"label": "lsro", "lambda": 1.0, "start": 0.0, "mean": "labelled"},
              {"label": "one-hot"}, {"label": "all-in-one", "lambda": 1.0, "start": 0.0},
              {"form": "argsort", "keep": 2, "label_smoothing": 0.1}])",
      .make = &Make,
      .needs_head = [](const Json&) { return true; },
      .needs_generated = [](const Json&) { return true; }};
  return info;
}

}  // namespace bcr
