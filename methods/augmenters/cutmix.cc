// CutMix: the classifier sees each image with a box of another one of the batch pasted in, and both
// labels.
//   l ~ Beta(alpha, alpha); a box of int(H sqrt(1 - l)) x int(W sqrt(1 - l)) pixels around a uniform
//   centre, cut off at the image's edges; x'_i = x_i with the box of x_p(i);
//   loss l' L(y_i) + (1 - l') L(y_p(i)),  l' = 1 - area of the box / (H W)
// One l and one box a batch; p: a random permutation of the batch's real images that have a label. With
// probability 1 - `probability` the batch is not mixed.
// Who sees the mixtures, and what it costs: as with mixup (mixup.cc). Where a recipe lists both, the
// first that mixes a batch does.
// Defaults: `alpha` 1, `probability` 0.5 (the authors' for CIFAR; 1 for ImageNet). Yun et al.,
// "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features", ICCV 2019,
// arXiv:1905.04899; clovaai/CutMix-PyTorch, read.
#include <cmath>

#include "harness/train/augmenter.h"
#include "methods/support/mixing.h"

namespace bcr {
namespace {

class CutMix : public Augmenter {
 public:
  explicit CutMix(MixingOptions options) : options_(options) {}

  bool mixes_batches() const override { return options_.mixes(); }

  std::optional<BatchMix> Mix(uint64_t seed, const MixableBatch& batch) const override {
    Random random(DeriveSeed(seed, "cutmix"));
    if (!random.Chance(options_.probability)) return std::nullopt;
    const double side = std::sqrt(1 - DrawBeta(options_.alpha, random));
    std::vector<int64_t> partner = DrawPartners(batch, random);
    const auto row = static_cast<int>(random.Below(static_cast<uint64_t>(batch.height)));
    const auto column = static_cast<int>(random.Below(static_cast<uint64_t>(batch.width)));
    BatchMix mix = BoxAround(row, column, static_cast<int>(batch.height * side),
                             static_cast<int>(batch.width * side), batch);
    // An empty box would mix by weight: then nothing of the partners is in the images.
    if (!mix.box()) return std::nullopt;
    mix.partner = std::move(partner);
    return mix;
  }

 private:
  MixingOptions options_;
};

}  // namespace

const AugmenterInfo& augmenter_cutmix() {
  static const AugmenterInfo info = {
      .name = "cutmix",
      .revision = 1,
      .about = "The classifier sees images with a box of another one in them, with both labels",
      .source = "Yun et al., ICCV 2019",
      .parameters = R"({"alpha": 1.0, "probability": 0.5})",
      .make = [](JsonReader& reader) -> std::unique_ptr<Augmenter> {
        return std::make_unique<CutMix>(ReadMixing(reader));
      }};
  return info;
}

}  // namespace bcr
