// HDBSCAN on hand-made and random graphs; scripts/reference/clusters.py holds it against
// scikit-learn.
#include "harness/cluster/density/hdbscan.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "harness/cluster/density/merge_tree.h"
#include "harness/core/error.h"
#include "tests/unit/cluster/points.h"

namespace bcr {
namespace {

using Labels = std::vector<int64_t>;

SparseGraph OnLine(const std::vector<double>& places, float bound = 1.0F) {
  return GraphOf(places.size(), std::nextafter(bound, 0.0F), [&](size_t i, size_t j) {
    return static_cast<float>(std::abs(places[i] - places[j]));
  });
}

TEST(MergeTree, CoreDistancesCountTheRowItself) {
  // 0, .1 and .3: with three samples every core distance is that to the farthest row: .3, .2, .3.
  const MergeTree tree = MutualReachabilityTree(OnLine({0, .1, .3}), 3);
  ASSERT_EQ(tree.merges.size(), 2U);
  for (const MergeTree::Merge& merge : tree.merges) EXPECT_FLOAT_EQ(merge.distance, .3F);
  const MergeTree pair = MutualReachabilityTree(OnLine({0, .1, .3}), 2);  // .1, .1, .2
  EXPECT_FLOAT_EQ(pair.merges[0].distance, .1F);
  EXPECT_FLOAT_EQ(pair.merges[1].distance, .2F);
  const MergeTree plain = MutualReachabilityTree(OnLine({0, .1, .3}), 1);
  EXPECT_FLOAT_EQ(plain.merges[0].distance, .1F);
  EXPECT_FLOAT_EQ(plain.merges[1].distance, .2F);
}

TEST(MergeTree, WhatIsNotListedComesTogetherAtOne) {
  const MergeTree tree = MutualReachabilityTree(OnLine({0, .1, 5, 5.1}), 1);
  ASSERT_EQ(tree.merges.size(), 3U);
  EXPECT_EQ(tree.merges[2].distance, 1.0F);
  EXPECT_EQ(tree.merges[2].size, 4);
}

// A dense group and a loose one, with a row near the loose one, or far from both (scikit-learn's
// labels).
TEST(Hdbscan, GroupsOfDifferentDensity) {
  EXPECT_EQ(Hdbscan(OnLine({0, .010, .021, .033, .4, .6, .65, .71, .78}), 2, 3),
            (Labels{0, 0, 0, 0, 1, 1, 1, 1, 1}));
  EXPECT_EQ(Hdbscan(OnLine({0, .010, .021, .033, 3, .6, .65, .71, .78}), 2, 3),
            (Labels{0, 0, 0, 0, -1, 1, 1, 1, 1}));
}

// By hand, one sample, clusters of two: {0, 1} at .1, {2, 3} at .2, both at .3 (the gap), and row 4
// at .5. The root is no cluster, so the two pairs are; row 4 fell off.
TEST(Hdbscan, TheWholeSetIsNoCluster) {
  EXPECT_EQ(Hdbscan(OnLine({0, .1, .4, .6, 1.1}), 1, 2), (Labels{0, 0, 1, 1, -1}));
  EXPECT_EQ(Hdbscan(OnLine({0, .1, .25}), 1, 2), Labels(3, -1)) << "one group is the whole set";
}

// Densities 1/d: {0,1,2,3} is born at 1/.9 and parts at 1/.5; its pairs last from 1/.5 to 1/.4 and
// 1/.4. Four rows over .89 (3.56) against two over .5 each (2.0): the four stay together. Where the
// pairs are closer (.1), they last longer and are kept.
TEST(Hdbscan, TheStablerOfAClusterAndItsPartsIsKept) {
  const std::vector<double> far = {0, .4, .9, 1.3, 9, 9.1, 9.2, 9.3};
  EXPECT_EQ(Hdbscan(OnLine(far), 1, 2), (Labels{0, 0, 0, 0, 1, 1, 1, 1}));
  const std::vector<double> close = {0, .1, .6, .7, 9, 9.1, 9.2, 9.3};
  EXPECT_EQ(Hdbscan(OnLine(close), 1, 2), (Labels{0, 0, 1, 1, 2, 2, 2, 2}));
}

// Three rows at one distance of each other and of a group: none of them is a pair that came first.
TEST(Hdbscan, MergesAtOneDistanceAreOneEvent) {
  const SparseGraph graph = GraphOf(7, .99F, [](size_t i, size_t j) {
    return i < 4 && j < 4 ? .2F + .01F * static_cast<float>(i + j) : .5F;
  });
  EXPECT_EQ(Hdbscan(graph, 1, 2), Labels(7, -1));
}

TEST(Hdbscan, PermutingRowsPermutesLabels) {
  Random random(4);
  for (int round = 0; round < 40; ++round) {
    const size_t n = 60;
    std::vector<double> x(n), y(n);
    for (size_t i = 0; i < n; ++i) {  // on a grid, so that equal distances abound
      x[i] = static_cast<double>(random.Below(14)) / 20;
      y[i] = static_cast<double>(random.Below(14)) / 20;
    }
    std::vector<size_t> order(n);
    for (size_t i = 0; i < n; ++i) order[i] = i;
    random.Shuffle(order);
    const auto distance = [&](size_t i, size_t j) {
      return static_cast<float>(std::hypot(x[i] - x[j], y[i] - y[j]));
    };
    const Labels labels = Hdbscan(GraphOf(n, .9F, distance), 3, 4);
    const Labels moved = Hdbscan(
        GraphOf(n, .9F, [&](size_t i, size_t j) { return distance(order[i], order[j]); }), 3, 4);
    std::map<int64_t, int64_t> there, back;
    for (size_t i = 0; i < n; ++i) {
      ASSERT_EQ(there.emplace(labels[order[i]], moved[i]).first->second, moved[i]) << round;
      ASSERT_EQ(back.emplace(moved[i], labels[order[i]]).first->second, labels[order[i]]);
      ASSERT_EQ(moved[i] < 0, labels[order[i]] < 0);
    }
  }
}

TEST(Hdbscan, EmptyAndRefusedInputs) {
  EXPECT_TRUE(Hdbscan(SparseGraph(), 4, 4).empty());
  EXPECT_EQ(Hdbscan(OnLine({0}), 1, 2), Labels{-1});
  EXPECT_THROW(Hdbscan(SparseGraph(), 0, 4), Error);
  EXPECT_THROW(Hdbscan(SparseGraph(), 4, 1), Error);
}

}  // namespace
}  // namespace bcr
