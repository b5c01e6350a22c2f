// Mixup: the classifier sees each image mixed with another one of the batch, and both labels.
//   x'_i = l x_i + (1 - l) x_p(i),  loss l L(y_i) + (1 - l) L(y_p(i)),  l ~ Beta(alpha, alpha)
// One l a batch; p: a random permutation of the batch's real images that have a label. Mixed are the
// images as the augmenters before training left them, normalised. With probability 1 - `probability`
// the batch is not mixed.
// A mixture is nobody, so objectives that classify see it and nothing else does: metric losses, pairs,
// old features and every compatibility term are those of the batch itself. That costs a second forward
// and backward pass, and both passes count in the statistics of batch normalisation. A loss with a
// margin has it at each of the two labels.
// Defaults: `alpha` 1 (0: no mixing), `probability` 1. Zhang, Cisse, Dauphin, Lopez-Paz, "mixup: Beyond
// Empirical Risk Minimization", ICLR 2018, arXiv:1710.09412; facebookresearch/mixup-cifar10, read. Who
// sees the mixtures is this project's choice: re-identification has no published rule.
#include "harness/train/augmenter.h"
#include "methods/support/mixing.h"

namespace bcr {
namespace {

class Mixup : public Augmenter {
 public:
  explicit Mixup(MixingOptions options) : options_(options) {}

  bool mixes_batches() const override { return options_.mixes(); }

  std::optional<BatchMix> Mix(uint64_t seed, const MixableBatch& batch) const override {
    Random random(DeriveSeed(seed, "mixup"));
    if (!random.Chance(options_.probability)) return std::nullopt;
    BatchMix mix;
    mix.share = DrawBeta(options_.alpha, random);
    mix.partner = DrawPartners(batch, random);
    return mix;
  }

 private:
  MixingOptions options_;
};

}  // namespace

const AugmenterInfo& augmenter_mixup() {
  static const AugmenterInfo info = {
      .name = "mixup",
      .revision = 1,
      .about = "The classifier sees images that are mixed two by two, with both labels",
      .source = "Zhang et al., ICLR 2018",
      .parameters = R"({"alpha": 1.0, "probability": 1.0})",
      .make = [](JsonReader& reader) -> std::unique_ptr<Augmenter> {
        return std::make_unique<Mixup>(ReadMixing(reader));
      }};
  return info;
}

}  // namespace bcr
