#include "harness/train/epoch_batches.h"

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/data/sampler.h"
#include "harness/train/trainer.h"

namespace bcr {

namespace {

uint64_t EpochSeed(const TrainJob& job, const char* stream, int epoch) {
  return DeriveSeed(DeriveSeed(job.seed, stream), static_cast<uint64_t>(epoch));
}

std::vector<int64_t> AddedWithoutLabel(const TrainJob& job, const LabelSet& labels) {
  std::vector<int64_t> rows;
  for (size_t row = 0; row < job.origins.size(); ++row) {
    if (job.origins[row] > 0 && labels.labels[row] < 0) rows.push_back(static_cast<int64_t>(row));
  }
  return rows;
}

void AppendExtras(const TrainJob& job, const LabelSet& labels, int epoch,
                  std::vector<std::vector<int64_t>>& batches) {
  if (job.extra_per_batch == 0) return;
  std::vector<int64_t> pool = AddedWithoutLabel(job, labels);
  if (pool.empty()) {
    throw Error(
        ErrorCode::kConfig,
        {job.title, std::to_string(job.extra_per_batch) + " extra images a batch, and none to take",
         "generated images without a label in the training list", ""});
  }
  Random random(EpochSeed(job, "extras", epoch));
  size_t next = pool.size();
  for (std::vector<int64_t>& batch : batches) {
    for (int i = 0; i < job.extra_per_batch; ++i) {
      if (next == pool.size()) {
        random.Shuffle(pool);
        next = 0;
      }
      batch.push_back(pool[next++]);
    }
  }
}

}  // namespace

std::vector<std::vector<int64_t>> EpochBatches(const TrainJob& job, const LabelSet& labels,
                                               int epoch) {
  SamplerOptions sampler;
  sampler.identities_per_batch = job.options.identities_per_batch;
  sampler.images_per_identity = job.options.images_per_identity;
  if (job.base.sampler == "two-views") {
    sampler.identities_per_batch *= job.options.images_per_identity;
    sampler.identities_per_batch /= 2;
    sampler.images_per_identity = 2;
  }
  sampler.batches_per_epoch = job.options.batches_per_epoch;
  sampler.kind = job.base.sampler == "other-cameras" ? SamplerOptions::Kind::kOtherCameras
                                                     : SamplerOptions::Kind::kRandomIdentity;
  std::vector<std::vector<int64_t>> batches =
      SampleEpoch(labels.labels, job.cameras, sampler, EpochSeed(job, "sampler", epoch));
  if (batches.empty()) {
    throw Error(ErrorCode::kTraining,
                {job.title, "fewer than two identities to sample from", "at least two",
                 "The training list is too small, or the clustering collapsed."});
  }
  AppendExtras(job, labels, epoch, batches);
  return batches;
}

}  // namespace bcr
