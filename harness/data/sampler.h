#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/random.h"

namespace bcr {

// P identities x K images per batch. Rows are indices into the training list; labels[row] = -1
// leaves a row out.
struct SamplerOptions {
  int identities_per_batch = 16;  // P
  int images_per_identity = 4;    // K
  // random-identity: each identity's images are shuffled and cut into chunks of K (fewer than K:
  //   drawn with replacement); P random identities that still have chunks give one each, until
  //   fewer than P are left (BoT, torchreid). With P identities or fewer in all a pass goes on with
  //   smaller batches until fewer than two are left.
  // other-cameras: each identity gives one random image and K - 1 from other cameras where it has
  //   any, else from its own (Cluster Contrast's RandomMultipleGallery). Without replacement where
  //   at least K are there. A single image is repeated K times, so that the P x K grid holds.
  enum class Kind { kRandomIdentity, kOtherCameras } kind = Kind::kRandomIdentity;
  // 0: one pass as described. Otherwise exactly so many batches, further passes drawn as needed.
  int batches_per_epoch = 0;
};

// The batches of one epoch, each P * K rows grouped by identity. Depends on (labels, cameras,
// options, seed) alone. `cameras` has one entry per row, or is empty: then cameras play no part.
// With fewer than P identities a batch holds all of them; with fewer than 2 the result is empty and
// the caller reports a collapsed clustering. Identities left over after whole batches wait for the
// next pass. Throws kConfig for P < 2, K < 1 or a negative number of batches.
std::vector<std::vector<int64_t>> SampleEpoch(const std::vector<int64_t>& labels,
                                              const std::vector<int64_t>& cameras,
                                              const SamplerOptions& options, uint64_t seed);

}  // namespace bcr
