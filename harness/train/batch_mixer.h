#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace bcr {

class Augmenter;
class Batch;
class BatchFiller;

// A batch as the classifier sees it after mixing: the same features and logits twice, with the labels
// of the images themselves and with those of their partners.
struct MixedBatch {
  std::unique_ptr<Batch> own, other;
  double share = 1;  // of `own` in the loss
};

// Asks the augmenters of a training to mix its batches. Draws depend on the seed and on the step.
class BatchMixer {
 public:
  // `augmenters` outlive the mixer. One that mixes no batches is never asked.
  BatchMixer(const std::vector<std::unique_ptr<Augmenter>>& augmenters, uint64_t seed);
  // Whether anything may ever be mixed.
  bool mixes() const { return !mixers_.empty(); }
  // The first augmenter that wants to mix this batch does; an empty MixedBatch where none wants to.
  // Costs another forward pass. Nothing waits for the device.
  MixedBatch Mix(const Batch& batch, int64_t step, const std::string& device,
                 BatchFiller& filler) const;

 private:
  std::vector<const Augmenter*> mixers_;
  uint64_t seed_;
};

}  // namespace bcr
