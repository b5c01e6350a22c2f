#include "harness/data/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/core/error.h"

namespace bcr {
namespace {

using Kind = SamplerOptions::Kind;

struct Rows {
  std::vector<int64_t> labels, cameras;
};

// Identity i has 1 + i % 9 images from cameras 0..2; every eleventh row is left out.
Rows Uneven(int identities) {
  Rows rows;
  for (int id = 0; id < identities; ++id) {
    for (int n = 0; n < 1 + id % 9; ++n) {
      const bool out = rows.labels.size() % 11 == 10;
      rows.labels.push_back(out ? -1 : id * 3);  // labels need not be dense
      rows.cameras.push_back(n % 3);
    }
  }
  return rows;
}

SamplerOptions Options(Kind kind, int p, int k, int batches = 0) {
  SamplerOptions options;
  options.kind = kind;
  options.identities_per_batch = p;
  options.images_per_identity = k;
  options.batches_per_epoch = batches;
  return options;
}

class EverySampler : public ::testing::TestWithParam<Kind> {};

TEST_P(EverySampler, KeepsTheGridOfPIdentitiesTimesKImages) {
  const Rows rows = Uneven(60);
  const auto epoch = SampleEpoch(rows.labels, rows.cameras, Options(GetParam(), 8, 4), 1);
  ASSERT_GT(epoch.size(), 2U);
  for (const auto& batch : epoch) {
    ASSERT_EQ(batch.size(), 32U);
    std::set<int64_t> identities;
    for (size_t i = 0; i < batch.size(); ++i) {
      const int64_t label = rows.labels[batch[i]];
      ASSERT_GE(label, 0);
      ASSERT_EQ(label, rows.labels[batch[i / 4 * 4]]) << "grouped by identity";
      identities.insert(label);
    }
    ASSERT_EQ(identities.size(), 8U) << "no identity twice in a batch";
  }
}

TEST_P(EverySampler, DependsOnTheSeed) {
  const Rows rows = Uneven(40);
  const SamplerOptions options = Options(GetParam(), 4, 4);
  EXPECT_EQ(SampleEpoch(rows.labels, rows.cameras, options, 5),
            SampleEpoch(rows.labels, rows.cameras, options, 5));
  EXPECT_NE(SampleEpoch(rows.labels, rows.cameras, options, 5),
            SampleEpoch(rows.labels, rows.cameras, options, 6));
}

TEST_P(EverySampler, GivesExactlyTheWantedNumberOfBatches) {
  const Rows rows = Uneven(20);
  const auto one = SampleEpoch(rows.labels, rows.cameras, Options(GetParam(), 4, 4), 2);
  const auto many = SampleEpoch(rows.labels, rows.cameras, Options(GetParam(), 4, 4, 57), 2);
  ASSERT_EQ(many.size(), 57U);
  EXPECT_TRUE(std::equal(one.begin(), one.end(), many.begin())) << "the first pass is the same";
  EXPECT_EQ(SampleEpoch(rows.labels, rows.cameras, Options(GetParam(), 4, 4, 2), 2).size(), 2U);
}

TEST_P(EverySampler, FewIdentitiesMakeSmallerBatchesAndOneMakesNone) {
  const std::vector<int64_t> three = {0, 0, 1, 1, 2, 2}, one = {0, 0, 0, -1},
                             cameras = {0, 1, 0, 1, 0, 1};
  const auto epoch = SampleEpoch(three, cameras, Options(GetParam(), 16, 2), 1);
  ASSERT_FALSE(epoch.empty());
  EXPECT_EQ(epoch[0].size(), 6U);
  EXPECT_TRUE(SampleEpoch(one, {0, 1, 0, 1}, Options(GetParam(), 16, 2, 10), 1).empty());
  EXPECT_TRUE(SampleEpoch({}, {}, Options(GetParam(), 16, 2, 10), 1).empty());
}

TEST_P(EverySampler, SingleImageIsRepeated) {
  const std::vector<int64_t> labels = {7, 9, 9, 9};
  for (const auto& batch : SampleEpoch(labels, {0, 0, 1, 2}, Options(GetParam(), 2, 3), 4)) {
    ASSERT_EQ(batch.size(), 6U);
    EXPECT_EQ(std::count(batch.begin(), batch.end(), 0), 3);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, EverySampler,
                         ::testing::Values(Kind::kRandomIdentity, Kind::kOtherCameras));

TEST(RandomIdentity, NoImageTwiceInAPassWhereAnIdentityHasEnough) {
  std::vector<int64_t> labels;
  for (int id = 0; id < 12; ++id) labels.insert(labels.end(), 10, id);
  std::map<int64_t, int> uses;
  const auto epoch = SampleEpoch(labels, {}, Options(Kind::kRandomIdentity, 4, 4), 3);
  for (const auto& batch : epoch) {
    for (const int64_t row : batch) EXPECT_EQ(++uses[row], 1);
  }
  // Ten images give two chunks of four. A pass ends when fewer than four identities have any left.
  EXPECT_GE(epoch.size(), 5U);
  EXPECT_LE(epoch.size(), 6U);
}

TEST(OtherCameras, CompanionsComeFromOtherCamerasWithoutRepetition) {
  std::vector<int64_t> labels, cameras;
  for (int id = 0; id < 6; ++id) {
    for (int n = 0; n < 16; ++n) {
      labels.push_back(id);
      cameras.push_back(n % 4);
    }
  }
  for (const auto& batch :
       SampleEpoch(labels, cameras, Options(Kind::kOtherCameras, 3, 4, 50), 9)) {
    for (size_t g = 0; g < batch.size(); g += 4) {
      const std::set<int64_t> rows(batch.begin() + g, batch.begin() + g + 4);
      ASSERT_EQ(rows.size(), 4U);
      for (size_t i = g + 1; i < g + 4; ++i) ASSERT_NE(cameras[batch[i]], cameras[batch[g]]);
    }
  }
}

TEST(OtherCameras, FallsBackToTheSameCameraAndEmptyCamerasMeanNone) {
  const std::vector<int64_t> labels = {0, 0, 0, 0, 1, 1, 1, 1};
  for (const std::vector<int64_t>& cameras : {std::vector<int64_t>(8, 2), std::vector<int64_t>()}) {
    for (const auto& batch :
         SampleEpoch(labels, cameras, Options(Kind::kOtherCameras, 2, 3, 20), 9)) {
      ASSERT_EQ(batch.size(), 6U);
      EXPECT_EQ(std::set<int64_t>(batch.begin(), batch.end()).size(), 6U)
          << "without replacement: enough others";
    }
  }
}

TEST(Sampler, RefusesImpossibleOptions) {
  const std::vector<int64_t> labels = {0, 1};
  EXPECT_THROW(SampleEpoch(labels, {}, Options(Kind::kOtherCameras, 1, 3), 1), Error);
  EXPECT_THROW(SampleEpoch(labels, {}, Options(Kind::kOtherCameras, 2, 0), 1), Error);
  EXPECT_THROW(SampleEpoch(labels, {}, Options(Kind::kOtherCameras, 2, 2, -1), 1), Error);
}

}  // namespace
}  // namespace bcr
