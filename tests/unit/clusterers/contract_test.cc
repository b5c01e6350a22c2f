// What every clusterer has to do, whichever are registered.
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/cluster/clusterer.h"
#include "harness/cluster/label_quality.h"
#include "harness/core/error.h"
#include "harness/core/time_split.h"
#include "tests/unit/cluster/points.h"

namespace bcr {
namespace {

using Labels = std::vector<int64_t>;

class ClustererContract : public ::testing::TestWithParam<const ClustererInfo*> {
 protected:
  Clusterer Make() const { return MakeClusterer(*GetParam(), DefaultsOf(*GetParam()), "test"); }
  static Labels Of(const Clusterer& clusterer, const FloatMatrix& rows, int threads = 2,
                   uint64_t seed = 1) {
    ClusterCall call;
    call.seed = seed;
    call.threads = threads;
    return clusterer(rows.view(), call);
  }
  // 30 people of 20 images: what the defaults of all are made for.
  static FloatMatrix People() { return NoisyIdentities(600, 32, 30, 0.3, 1); }
};

TEST_P(ClustererContract, DescribesItself) {
  const ClustererInfo& info = *GetParam();
  EXPECT_GE(info.revision, 1);
  EXPECT_NE(info.about, "");
  EXPECT_NE(info.source, "");
  EXPECT_EQ(&FindClusterer(clusterer_table(), info.name), &info);
  EXPECT_EQ(ParseClusterer(clusterer_table(), info.name).parameters,
            DumpJsonCompact(DefaultsOf(info)));
}

TEST_P(ClustererContract, FindsPeopleWhoAreEasyToTell) {
  Labels truth;
  for (int64_t i = 0; i < 600; ++i) truth.push_back(i % 30);
  const Labels labels = Of(Make(), People());
  ASSERT_EQ(labels.size(), 600U);
  EXPECT_GT(ScoreLabels(truth, labels, NoiseConvention::kSingletons).ari, 0.6);
}

TEST_P(ClustererContract, LabelsAreDenseAndOutliersMinusOne) {
  for (const double noise : {0.3, 1.5}) {
    const Labels labels = Of(Make(), NoisyIdentities(300, 16, 40, noise, 2));
    std::set<int64_t> clusters(labels.begin(), labels.end());
    clusters.erase(-1);
    if (clusters.empty()) continue;
    EXPECT_EQ(*clusters.begin(), 0);
    EXPECT_EQ(*clusters.rbegin() + 1, static_cast<int64_t>(clusters.size()));
  }
}

TEST_P(ClustererContract, SameLabelsForEveryThreadCount) {
  const FloatMatrix rows = NoisyIdentities(700, 24, 40, 0.8, 3);
  const Labels one = Of(Make(), rows, 1);
  for (const int threads : {2, 5}) EXPECT_EQ(Of(Make(), rows, threads), one);
}

TEST_P(ClustererContract, ACallLeavesNothingForTheNext) {
  const Clusterer clusterer = Make();
  const Labels first = Of(clusterer, People());
  Of(clusterer, NoisyIdentities(100, 8, 10, 0.5, 4));
  EXPECT_EQ(Of(clusterer, People()), first);
}

// More copies than any list is long. Some may be outliers: those that are in nobody's list.
TEST_P(ClustererContract, CopiesOfTwoImagesAreTwoClusters) {
  FloatMatrix rows(80, 4);
  for (size_t i = 0; i < 80; ++i) rows.row(i)[i % 2] = 1.0F;
  const Labels labels = Of(Make(), rows);
  std::set<int64_t> clusters[2];
  for (size_t i = 0; i < 80; ++i) {
    if (labels[i] >= 0) clusters[i % 2].insert(labels[i]);
  }
  ASSERT_EQ(clusters[0].size(), 1U);
  ASSERT_EQ(clusters[1].size(), 1U);
  EXPECT_NE(clusters[0], clusters[1]);
}

TEST_P(ClustererContract, FewAndNoRowsAreNoError) {
  EXPECT_TRUE(Of(Make(), FloatMatrix()).empty());
  for (const size_t rows : {1, 2, 3, 5})
    EXPECT_EQ(Of(Make(), NoisyIdentities(rows, 8, 2, 0.1, 5)).size(), rows);
}

TEST_P(ClustererContract, RowsThatAreNotFiniteAreRefused) {
  FloatMatrix rows = People();
  rows.row(17)[3] = std::numeric_limits<float>::quiet_NaN();
  try {
    Of(Make(), rows);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kData);
    EXPECT_NE(std::string(error.what()).find("row 17"), std::string::npos) << error.what();
  }
}

TEST_P(ClustererContract, UnknownParametersAreRefused) {
  const Json defaults = DefaultsOf(*GetParam());
  Json more = defaults;
  more["radius"] = 3;
  EXPECT_THROW(MakeClusterer(*GetParam(), more, "test"), Error);
  for (const auto& item : defaults.items()) {
    if (!item.value().is_number()) continue;
    Json negative = defaults;
    negative[item.key()] = -1;
    EXPECT_THROW(MakeClusterer(*GetParam(), negative, "test"), Error) << item.key();
  }
}

INSTANTIATE_TEST_SUITE_P(All, ClustererContract, ::testing::ValuesIn(clusterer_table()),
                         [](const auto& test) {
                           std::string name = test.param->name;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace bcr
