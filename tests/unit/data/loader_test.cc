#include "harness/data/loader.h"

#include <gtest/gtest.h>

#include "harness/data/augment.h"
#include "tests/unit/data/drawn_dataset.h"

namespace bcr {
namespace {

std::vector<std::vector<int64_t>> SomeBatches(int count, int64_t rows) {
  std::vector<std::vector<int64_t>> batches(count);
  Random random(3);
  for (auto& batch : batches) {
    for (int i = 0; i < 6; ++i) batch.push_back(static_cast<int64_t>(random.Below(rows)));
  }
  return batches;
}

ChangeImage Augmented(const AugmentOptions& options) {
  return [options](uint64_t seed, TrainingImage& image) { AugmentImage(options, seed, image); };
}

std::vector<LoadedBatch> All(BatchLoader& loader) {
  std::vector<LoadedBatch> all;
  for (LoadedBatch batch; loader.Next(batch);) all.push_back(batch);
  return all;
}

void ExpectEqual(const std::vector<LoadedBatch>& a, const std::vector<LoadedBatch>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].rows, b[i].rows) << i;
    EXPECT_EQ(a[i].pixels, b[i].pixels) << i;
  }
}

TEST(Loader, SameBatchesInTheSameOrderForEveryWorkerCount) {
  const MemoryStore store(20, 16, 8);
  const auto batches = SomeBatches(40, 20);
  AugmentOptions augment;
  augment.jitter = 0.5;
  const auto inline_loader = NewTrainingLoader(store, batches, Augmented(augment), 11, 0);
  const std::vector<LoadedBatch> expected = All(*inline_loader);
  ASSERT_EQ(expected.size(), 40U);
  for (size_t i = 0; i < batches.size(); ++i) EXPECT_EQ(expected[i].rows, batches[i]);
  EXPECT_EQ(expected[0].pixels.size(), 6U * 3 * 16 * 8);
  for (const int workers : {1, 3, 64}) {
    const auto loader = NewTrainingLoader(store, batches, Augmented(augment), 11, workers);
    ExpectEqual(All(*loader), expected);
    LoadedBatch batch;
    EXPECT_FALSE(loader->Next(batch)) << "stays at the end";
  }
}

TEST(Loader, SeedsFollowTheStatedRule) {
  const MemoryStore store(4, 16, 8);
  const AugmentOptions augment;
  const auto loader = NewTrainingLoader(store, {{0, 1}, {2, 3}}, Augmented(augment), 99, 2);
  LoadedBatch batch;
  ASSERT_TRUE(loader->Next(batch) && loader->Next(batch));
  std::vector<float> expected(3 * 16 * 8);
  const uint64_t seed = DeriveSeed(DeriveSeed(99, uint64_t{1}), uint64_t{1});
  AugmentImage(store.pixels(3), 16, 8, augment, seed, expected.data());
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), batch.pixels.begin() + 3 * 16 * 8));
}

// Any change may take the augmentation's place; what it leaves alone is plainly normalised.
TEST(Loader, ChangesGetTheSampleSeeds) {
  const MemoryStore store(4, 16, 8);
  constexpr size_t kSize = 3 * 16 * 8;
  const ChangeImage change = [](uint64_t seed, TrainingImage& image) {
    if (seed == DeriveSeed(DeriveSeed(99, uint64_t{1}), uint64_t{1})) image.planes()[0] = 42;
  };
  for (const int workers : {0, 2}) {
    const auto loader = NewTrainingLoader(store, {{0, 1}, {2, 3}}, change, 99, workers);
    const std::vector<LoadedBatch> all = All(*loader);
    ASSERT_EQ(all.size(), 2U);
    for (size_t b = 0; b < 2; ++b)
      for (size_t i = 0; i < 2; ++i) {
        std::vector<float> expected(kSize);
        NormalizeImage(store.pixels(2 * b + i), 16, 8, false, expected.data());
        if (b == 1 && i == 1) expected[0] = 42;
        EXPECT_TRUE(
            std::equal(expected.begin(), expected.end(), all[b].pixels.begin() + i * kSize));
      }
  }
}

TEST(Loader, ExtractionGivesEveryRowOnceInOrder) {
  const MemoryStore store(10, 16, 8);
  for (const bool flip : {false, true}) {
    for (const int workers : {0, 1, 3}) {
      const auto loader = NewExtractionLoader(store, 4, flip, workers);
      const std::vector<LoadedBatch> all = All(*loader);
      ASSERT_EQ(all.size(), 3U);
      EXPECT_EQ(all[2].rows, (std::vector<int64_t>{8, 9}));
      std::vector<float> expected(3 * 16 * 8);
      NormalizeImage(store.pixels(9), 16, 8, flip, expected.data());
      EXPECT_TRUE(std::equal(expected.begin(), expected.end(), all[2].pixels.begin() + 3 * 16 * 8));
    }
  }
}

TEST(Loader, ErrorsArriveAtTheirBatchAndEndTheEpoch) {
  const MemoryStore store(20, 16, 8, /*poisoned=*/13);
  for (const int workers : {0, 1, 3}) {
    const auto loader = NewExtractionLoader(store, 2, false, workers);
    LoadedBatch batch;
    for (int i = 0; i < 6; ++i) ASSERT_TRUE(loader->Next(batch));
    EXPECT_THROW(loader->Next(batch), Error);
  }
  const auto outside = NewTrainingLoader(store, {{20}}, Augmented({}), 1, 1);
  LoadedBatch batch;
  EXPECT_THROW(outside->Next(batch), Error);
}

TEST(Loader, StopsCleanlyWhenDestroyedEarly) {
  const MemoryStore store(20, 16, 8);
  for (int used = 0; used < 5; ++used) {
    const auto loader = NewTrainingLoader(store, SomeBatches(1000, 20), Augmented({}), 1, 3);
    LoadedBatch batch;
    for (int i = 0; i < used; ++i) ASSERT_TRUE(loader->Next(batch));
  }
}

TEST(Loader, NoBatchesIsTheEndAtOnce) {
  const MemoryStore store(3, 16, 8);
  for (const int workers : {0, 2}) {
    LoadedBatch batch;
    EXPECT_FALSE(NewTrainingLoader(store, {}, Augmented({}), 1, workers)->Next(batch));
  }
}

TEST(Loader, RefusesValuesOutsideTheirRange) {
  const MemoryStore store(3, 16, 8);
  EXPECT_THROW(NewExtractionLoader(store, 0, false, 0), Error);
}

}  // namespace
}  // namespace bcr
