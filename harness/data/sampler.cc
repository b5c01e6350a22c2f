#include "harness/data/sampler.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/core/error.h"

namespace bcr {
namespace {

using Rows = std::vector<int64_t>;
using Batches = std::vector<Rows>;

// Rows of each identity, identities in ascending order.
std::vector<Rows> GroupRows(const std::vector<int64_t>& labels) {
  std::map<int64_t, Rows> groups;
  for (size_t row = 0; row < labels.size(); ++row) {
    if (labels[row] >= 0) groups[labels[row]].push_back(static_cast<int64_t>(row));
  }
  std::vector<Rows> lists;
  lists.reserve(groups.size());
  for (auto& [label, rows] : groups) lists.push_back(std::move(rows));
  return lists;
}

// Moves `count` items drawn without replacement to the front.
template <typename T>
void DrawToFront(std::vector<T>& items, size_t count, Random& random) {
  for (size_t i = 0; i < count; ++i) std::swap(items[i], items[i + random.Below(items.size() - i)]);
}

// An identity's shuffled images in chunks of `k`; the remainder is dropped.
std::vector<Rows> CutChunks(Rows rows, size_t k, Random& random) {
  if (rows.size() < k) {
    Rows chunk(k);
    for (int64_t& row : chunk) row = rows[random.Below(rows.size())];
    return {chunk};
  }
  random.Shuffle(rows);
  std::vector<Rows> chunks;
  for (size_t i = 0; i + k <= rows.size(); i += k)
    chunks.emplace_back(rows.begin() + i, rows.begin() + i + k);
  return chunks;
}

Batches RandomIdentityPass(const std::vector<Rows>& groups, size_t p, size_t k, Random& random) {
  std::vector<std::vector<Rows>> chunks;
  for (const Rows& rows : groups) {
    chunks.push_back(CutChunks(rows, k, random));
    std::reverse(chunks.back().begin(), chunks.back().end());  // taken from the back
  }
  std::vector<size_t> open(groups.size());
  for (size_t i = 0; i < open.size(); ++i) open[i] = i;
  Batches batches;
  // No more identities than a batch holds: batches shrink with what is left, or one small identity
  // would end the pass.
  const size_t least = groups.size() <= p ? 2 : p;
  while (open.size() >= least) {
    const size_t taken = std::min(p, open.size());
    DrawToFront(open, taken, random);
    Rows batch;
    for (size_t i = 0; i < taken; ++i) {
      const Rows& chunk = chunks[open[i]].back();
      batch.insert(batch.end(), chunk.begin(), chunk.end());
      chunks[open[i]].pop_back();
    }
    std::erase_if(open, [&](size_t id) { return chunks[id].empty(); });
    batches.push_back(std::move(batch));
  }
  return batches;
}

// Appends `count` of `pool`: without replacement where the pool holds more than `count` (the
// published sampler compares with K = count + 1), with replacement otherwise.
void AppendDrawn(Rows pool, size_t count, Random& random, Rows& batch) {
  if (pool.size() > count) {
    DrawToFront(pool, count, random);
    batch.insert(batch.end(), pool.begin(), pool.begin() + count);
    return;
  }
  for (size_t i = 0; i < count; ++i) batch.push_back(pool[random.Below(pool.size())]);
}

void AppendIdentity(const Rows& rows, const std::vector<int64_t>& cameras, size_t k, Random& random,
                    Rows& batch) {
  const int64_t anchor = rows[random.Below(rows.size())];
  batch.push_back(anchor);
  Rows foreign, others;
  for (const int64_t row : rows) {
    if (row == anchor) continue;
    others.push_back(row);
    if (!cameras.empty() && cameras[row] != cameras[anchor]) foreign.push_back(row);
  }
  if (others.empty()) others.push_back(anchor);
  AppendDrawn(foreign.empty() ? std::move(others) : std::move(foreign), k - 1, random, batch);
}

Batches OtherCamerasPass(const std::vector<Rows>& groups, const std::vector<int64_t>& cameras,
                         size_t p, size_t k, Random& random) {
  std::vector<size_t> order(groups.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  random.Shuffle(order);
  Batches batches;
  for (size_t first = 0; first + p <= order.size(); first += p) {
    Rows batch;
    for (size_t i = first; i < first + p; ++i)
      AppendIdentity(groups[order[i]], cameras, k, random, batch);
    batches.push_back(std::move(batch));
  }
  return batches;
}

void CheckOptions(const SamplerOptions& options) {
  if (options.identities_per_batch >= 2 && options.images_per_identity >= 1 &&
      options.batches_per_epoch >= 0)
    return;
  throw Error(
      ErrorCode::kConfig,
      {"sampler",
       fmt::format("{} identities x {} images, {} batches per epoch", options.identities_per_batch,
                   options.images_per_identity, options.batches_per_epoch),
       "at least 2 identities, at least 1 image, and 0 (one pass) or more batches", ""});
}

}  // namespace

std::vector<std::vector<int64_t>> SampleEpoch(const std::vector<int64_t>& labels,
                                              const std::vector<int64_t>& cameras,
                                              const SamplerOptions& options, uint64_t seed) {
  CheckOptions(options);
  BCR_CHECK(cameras.empty() || cameras.size() == labels.size(),
            "one camera per row, or none at all");
  const std::vector<Rows> groups = GroupRows(labels);
  if (groups.size() < 2) return {};
  const size_t p = std::min<size_t>(options.identities_per_batch, groups.size());
  const size_t k = options.images_per_identity;
  const size_t wanted = options.batches_per_epoch;
  Batches epoch;
  for (uint64_t pass = 0; pass == 0 || epoch.size() < wanted; ++pass) {
    Random random(DeriveSeed(seed, pass));
    Batches batches = options.kind == SamplerOptions::Kind::kRandomIdentity
                          ? RandomIdentityPass(groups, p, k, random)
                          : OtherCamerasPass(groups, cameras, p, k, random);
    std::move(batches.begin(), batches.end(), std::back_inserter(epoch));
  }
  if (wanted > 0) epoch.resize(wanted);
  return epoch;
}

}  // namespace bcr
