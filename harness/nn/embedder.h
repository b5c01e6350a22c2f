#pragma once

#include <string>

#include "harness/core/matrix.h"
#include "harness/data/image_store.h"
#include "harness/nn/image_domains.h"
#include "harness/nn/model.h"

namespace bcr {

enum class FeatureSide { kBeforeNeck, kAfterNeck };

struct EmbedOptions {
  int batch_size = 128;  // fixed and recorded; the last batch is shorter, its rows are not padded
  bool flip = false;     // add the mirrored image's feature (sum, then whoever normalises)
  FeatureSide side = FeatureSide::kAfterNeck;
  ImageDomains domains;  // of the store's images, for Model::Forward
  int workers = 1;       // threads that prepare batches; 0: none beside the caller's
  bool quiet = false;
  std::string title = "extracting";
};

// One float32 row an image, in the store's order, in evaluation mode and without gradient (the
// model's own mode is put back, its buffers stay untouched). Not normalised. Throws kConfig where
// the store's image size is not the model's, kTraining naming the first image whose feature is not
// finite, kInterrupted.
FloatMatrix Embed(Model& model, const ImageStore& images, const EmbedOptions& options);

}  // namespace bcr
