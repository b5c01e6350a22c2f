// Reliable clusters and members, by hand.
#include "harness/cluster/self_paced.h"

#include <gtest/gtest.h>

namespace bcr {
namespace {

using Labels = std::vector<int64_t>;

// Cluster 0 = rows 0-3: the tight clustering parts row 3, so R_comp is 1/4 for rows 0-2 and 3/4 for
// row 3. Cluster 1 = rows 4-6 is the same in all three. Cluster 2 = rows 7, 8: the loose one joins
// them with outlier 9, R_indep 1/3.
ThreeClusterings Example() {
  return {.normal = {0, 0, 0, 0, 1, 1, 1, 2, 2, -1},
          .tight = {0, 0, 0, -1, 1, 1, 1, 2, 2, -1},
          .loose = {0, 0, 0, 0, 1, 1, 1, 2, 2, 2}};
}

TEST(SelfPaced, TheThresholdIsAShareOfTheClusters) {
  // Sorted independence of the clusters: 0, 0, 1/3; places round(3 x share), at most the last.
  EXPECT_DOUBLE_EQ(SelfPacedThreshold(Example(), 0.9), 1.0 / 3);
  EXPECT_DOUBLE_EQ(SelfPacedThreshold(Example(), 0.5), 1.0 / 3) << "1.5 rounds to 2";
  EXPECT_EQ(SelfPacedThreshold(Example(), 0.2), 0);
  EXPECT_EQ(SelfPacedThreshold({{-1, -1}, {-1, -1}, {-1, -1}}, 0.9), 0) << "no cluster";
}

TEST(SelfPaced, MembersThatLeaveAndClustersThatJoinOthersAreOutliers) {
  EXPECT_EQ(SelfPacedLabels(Example(), SelfPacedThreshold(Example(), 0.9)),
            (Labels{0, 0, 0, -1, 1, 1, 1, 2, 2, -1}));
  EXPECT_EQ(SelfPacedLabels(Example(), 0.1), (Labels{0, 0, 0, -1, 1, 1, 1, -1, -1, -1}));
}

TEST(SelfPaced, EqualClusteringsKeepEverything) {
  const Labels labels = {0, 1, 0, 1, -1, 2, 2};
  EXPECT_EQ(SelfPacedLabels({labels, labels, labels}, 0), labels);
}

TEST(SelfPaced, OutliersAreNumberedBehindTheClusters) {
  Labels labels = {-1, 0, 0, -1, 1, 1};
  NumberOutliers(labels);
  EXPECT_EQ(labels, (Labels{2, 0, 0, 3, 1, 1}));
}

}  // namespace
}  // namespace bcr
