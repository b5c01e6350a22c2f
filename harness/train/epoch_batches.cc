#include "harness/train/epoch_batches.h"

#include <algorithm>

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

using Batches = std::vector<std::vector<int64_t>>;

// Labels of one domain; the others' rows are left out.
std::vector<int64_t> LabelsOf(const TrainJob& job, const LabelSet& labels, int64_t domain) {
  std::vector<int64_t> own = labels.labels;
  for (size_t row = 0; row < own.size(); ++row) {
    if (job.domains[row] != domain) own[row] = -1;
  }
  return own;
}

Batches BalancedBatches(const TrainJob& job, const LabelSet& labels, const SamplerOptions& whole,
                        uint64_t seed) {
  const int64_t domains = 1 + *std::max_element(job.domains.begin(), job.domains.end());
  SamplerOptions each = whole;
  each.identities_per_batch = std::max(2, whole.identities_per_batch / static_cast<int>(domains));
  const auto sample = [&](int64_t domain) {
    return SampleEpoch(LabelsOf(job, labels, domain), job.cameras, each,
                       DeriveSeed(seed, static_cast<uint64_t>(domain)));
  };
  if (each.batches_per_epoch == 0) {
    for (int64_t domain = 0; domain < domains; ++domain) {
      const auto pass = static_cast<int>(sample(domain).size());
      each.batches_per_epoch = std::max(each.batches_per_epoch, pass);
    }
  }
  Batches joined(static_cast<size_t>(each.batches_per_epoch));
  for (int64_t domain = 0; domain < domains; ++domain) {
    const Batches own = sample(domain);
    if (own.empty()) return {};
    for (size_t i = 0; i < joined.size(); ++i)
      joined[i].insert(joined[i].end(), own[i].begin(), own[i].end());
  }
  return joined;
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
  const uint64_t seed = EpochSeed(job, "sampler", epoch);
  const bool balanced = job.base.balance == "domains" && !job.domains.empty();
  Batches batches = balanced ? BalancedBatches(job, labels, sampler, seed)
                             : SampleEpoch(labels.labels, job.cameras, sampler, seed);
  if (batches.empty()) {
    throw Error(ErrorCode::kTraining,
                {job.title,
                 balanced ? "a data set with fewer than two identities to sample from"
                          : "fewer than two identities to sample from",
                 "at least two", "The training list is too small, or the clustering collapsed."});
  }
  AppendExtras(job, labels, epoch, batches);
  return batches;
}

}  // namespace bcr
