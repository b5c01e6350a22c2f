#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "harness/data/image_store.h"
#include "harness/data/training_image.h"

namespace bcr {

// Prepares batches in background threads and hands them out in order. pixels: n x 3 x H x W floats.
struct LoadedBatch {
  std::vector<int64_t> rows;
  std::vector<float> pixels;
  // 0 real image, 1 generated, 2 mixed, for each of the rows. Empty: as the training list says.
  std::vector<int64_t> origins;
};

class BatchLoader {
 public:
  virtual ~BatchLoader() = default;
  // Next batch, or false after the last. Rethrows what a worker threw, at the batch it concerns;
  // the epoch is over then. Destroying the loader early stops its threads.
  virtual bool Next(LoadedBatch& batch) = 0;
};

// Batches of changed images: `change` gets the seed DeriveSeed(DeriveSeed(epoch_seed, b), i) for
// image i of batch b, and TrainingImage::shared_seed is one for each row of batch b, so neither threads nor
// prefetch change a byte. `workers` 0 prepares in the
// caller's thread. The store, and what `change` refers to, must outlive the loader.
std::unique_ptr<BatchLoader> NewTrainingLoader(const ImageStore& store,
                                               std::vector<std::vector<int64_t>> batches,
                                               ChangeImage change, uint64_t epoch_seed,
                                               int workers);
// All rows in order, not augmented, in batches of `batch_size` (the last one shorter).
std::unique_ptr<BatchLoader> NewExtractionLoader(const ImageStore& store, int batch_size, bool flip,
                                                 int workers);

}  // namespace bcr
