// What the parameters of single clusterers do.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/cluster/clusterer.h"
#include "harness/cluster/density/dbscan.h"
#include "harness/cluster/jaccard/jaccard.h"
#include "harness/core/error.h"
#include "harness/core/time_split.h"
#include "tests/unit/cluster/points.h"

namespace bcr {
namespace {

using Labels = std::vector<int64_t>;

Labels Cluster(const std::string& reference, const FloatMatrix& rows) {
  const ClustererChoice choice = ParseClusterer(clusterer_table(), reference);
  return MakeClusterer(*choice.info, ParseJson(choice.parameters, reference), reference)(
      rows.view(), {});
}

int64_t Count(const Labels& labels) {
  return labels.empty() ? 0 : *std::max_element(labels.begin(), labels.end()) + 1;
}

TEST(DbscanClusterer, IsDbscanOnTheJaccardGraph) {
  const FloatMatrix rows = NoisyIdentities(400, 24, 40, 0.7, 6);
  JaccardOptions options;
  options.variant = JaccardVariant::kMmt;
  options.k1 = 12;
  options.k2 = 3;
  options.max_distance = 0.45F;
  EXPECT_EQ(Cluster("dbscan,variant=mmt,k1=12,k2=3,eps=0.45,min_samples=3", rows),
            Dbscan(KReciprocalJaccard(rows.view(), options), 0.45F, 3));
}

TEST(DbscanClusterer, WarnsOfAtomsAndRefusesTheDistanceOfStrangers) {
  const ClustererInfo& info = FindClusterer(clusterer_table(), "dbscan");
  Json parameters = DefaultsOf(info);
  EXPECT_EQ(info.warn(parameters), "");
  parameters["eps"] = 0.5;
  EXPECT_NE(info.warn(parameters), "");
  parameters["eps"] = 1.0;
  EXPECT_THROW(MakeClusterer(info, parameters, "test"), Error);
}

TEST(ComponentsClusterer, SmallOnesAreOutliers) {
  const FloatMatrix rows = NoisyIdentities(400, 24, 40, 1.2, 6);
  const Labels pairs = Cluster("components,eps=0.3", rows);
  const Labels groups = Cluster("components,eps=0.3,min_size=5", rows);
  const auto outliers = [](const Labels& labels) {
    return std::count(labels.begin(), labels.end(), int64_t{-1});
  };
  EXPECT_GT(Count(pairs), Count(groups));
  EXPECT_LT(outliers(pairs), outliers(groups));
}

TEST(KMeansClusterer, TheNumberOfClustersIsGivenOrFollowsFromTheirSize) {
  const FloatMatrix rows = NoisyIdentities(300, 24, 30, 0.3, 6);
  EXPECT_EQ(Count(Cluster("k-means,clusters=7", rows)), 7);
  EXPECT_EQ(Count(Cluster("k-means,images_per_cluster=50", rows)), 6);
}

// Two people whose images point nearly one way: cosines above the limit join them.
TEST(InfomapClusterer, LinksNeedTheLeastSimilarity) {
  FloatMatrix rows(20, 2);
  for (size_t i = 0; i < 20; ++i) {
    const double angle = (i % 2 == 0 ? 0.0 : 0.9) + 0.01 * static_cast<double>(i);
    rows.row(i)[0] = static_cast<float>(std::cos(angle));
    rows.row(i)[1] = static_cast<float>(std::sin(angle));
  }
  EXPECT_EQ(Count(Cluster("infomap,k=15,min_similarity=0.9", rows)), 2);
  EXPECT_EQ(Cluster("infomap,k=2,min_similarity=1.0", rows), Labels(20, -1));
}

TEST(Clusterers, NamesAndValuesAreChecked) {
  const auto refused = [](const std::string& reference) {
    try {
      ParseClusterer(clusterer_table(), reference);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(refused("dbscann").find("`dbscan`"), std::string::npos) << refused("dbscann");
  EXPECT_NE(refused("dbscan,epsilon=1").find("epsilon"), std::string::npos);
  EXPECT_NE(refused("dbscan,eps=big").find("a number"), std::string::npos);
}

TEST(Clusterers, TheTimeOfTheSearchIsNoted) {
  const FloatMatrix rows = NoisyIdentities(300, 24, 30, 0.3, 6);
  TimeSplit time;
  ClusterCall call;
  call.time = &time;
  int64_t last = 0;
  call.progress = [&](int64_t done, int64_t) { last = done; };
  const ClustererChoice choice = ParseClusterer(clusterer_table(), "infomap");
  MakeClusterer(*choice.info, ParseJson(choice.parameters, "x"), "x")(rows.view(), call);
  EXPECT_EQ(time.seconds().count("neighbours"), 1U);
  EXPECT_EQ(last, int64_t{300} * 301 / 2);
}

}  // namespace
}  // namespace bcr
