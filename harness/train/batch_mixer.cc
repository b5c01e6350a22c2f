#include "harness/train/batch_mixer.h"

#include <ATen/ATen.h>

#include <optional>
#include <string>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/train/augmenter.h"
#include "harness/train/batch.h"
#include "harness/train/batch_filler.h"
#include "harness/train/batch_mix.h"
#include "harness/train/upload.h"

namespace bcr {

namespace {

MixableBatch Describe(const Batch& batch) {
  MixableBatch mixable;
  mixable.size = batch.labels.size();
  for (size_t i = 0; i < batch.labels.size(); ++i) {
    const bool real = batch.origins.empty() || batch.origins[i] == 0;
    if (real && batch.labels[i] >= 0) mixable.places.push_back(i);
  }
  mixable.height = static_cast<int>(batch[Slot::kImages].size(2));
  mixable.width = static_cast<int>(batch[Slot::kImages].size(3));
  return mixable;
}

at::Tensor MixedImages(const at::Tensor& images, const at::Tensor& partner, const BatchMix& mix) {
  const at::Tensor others = images.index_select(0, partner);
  if (!mix.box()) return images * mix.share + others * (1 - mix.share);
  const auto box = [&](const at::Tensor& of) {
    return of.slice(2, mix.top, mix.bottom).slice(3, mix.left, mix.right);
  };
  at::Tensor mixed = images.clone();
  box(mixed).copy_(box(others));
  return mixed;
}

}  // namespace

BatchMixer::BatchMixer(const std::vector<std::unique_ptr<Augmenter>>& augmenters, uint64_t seed)
    : seed_(seed) {
  for (const auto& augmenter : augmenters) {
    if (augmenter->mixes_batches()) mixers_.push_back(augmenter.get());
  }
}

MixedBatch BatchMixer::Mix(const Batch& batch, int64_t step, const std::string& device,
                           BatchFiller& filler) const {
  MixedBatch mixed;
  const MixableBatch mixable = Describe(batch);
  std::optional<BatchMix> mix;
  for (size_t i = 0; i < mixers_.size() && !mix; ++i) {
    const uint64_t seed = DeriveSeed(DeriveSeed(seed_, i), static_cast<uint64_t>(step));
    mix = mixers_[i]->Mix(seed, mixable);
  }
  if (!mix) return mixed;
  BCR_CHECK(mix->partner.size() == mixable.size, "not one partner for each image of the batch");
  const at::Tensor partner = Upload(mix->partner, device);
  mixed.share = mix->share;
  mixed.own = std::make_unique<Batch>();
  mixed.other = std::make_unique<Batch>();
  filler.FillMixed(MixedImages(batch[Slot::kImages], partner, *mix), batch, *mixed.own);
  mixed.other->ShareOf(*mixed.own);
  for (const Slot slot : {Slot::kLabels, Slot::kValid})
    mixed.other->Set(slot, batch[slot].index_select(0, partner));
  for (size_t i = 0; i < mixable.size; ++i)
    mixed.other->labels[i] = batch.labels[static_cast<size_t>(mix->partner[i])];
  return mixed;
}

}  // namespace bcr
