#pragma once

#include <cstdint>
#include <vector>

#include "harness/train/label_set.h"

namespace bcr {

struct TrainJob;

// The rows of each batch of an epoch: those of the recipe's sampler, grouped by label, and behind
// them job.extra_per_batch added images without a label (origin 1 or 2, label -1), which the sampler
// leaves out. The extra rows go through the pool in a shuffled order and start anew at its end.
// A recipe that balances domains has as many identities of each data set in every batch, the quotient
// of a batch's identities by the data sets, but at least 2. One pass is then one of the data set that
// gives most batches; the others go through their identities again.
// The sampler "two-views" fills a batch of the same size with half as many labels of two images each: two
// copies of one image, where every image is a label of its own.
// Throws kTraining where fewer than two classes are left to sample from, kConfig where extra images
// are asked for and there are none.
std::vector<std::vector<int64_t>> EpochBatches(const TrainJob& job, const LabelSet& labels,
                                               int epoch);

}  // namespace bcr
