#include "methods/objectives/ranking/agents.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/core/random.h"
#include "methods/support/old_space.h"

namespace bcr {
namespace {

struct Fixture {
  FloatMatrix old{20, 4};
  LabelSet labels;
  Fixture() {
    Random random(5);
    for (size_t i = 0; i < 80; ++i) old.data()[i] = static_cast<float>(random.Normal());
    for (int64_t i = 0; i < 20; ++i) labels.labels.push_back(i / 4);
    labels.classes = 5;
  }
};

TEST(Agents, NoneGivesNothing) {
  const Fixture f;
  EXPECT_TRUE(NewAgents("none", f.old, f.labels, 3)->For({0, 1}, {0, 0}).labels.empty());
}

TEST(Agents, CentroidUnionIsDeduplicatedAndHoldsOwnClass) {
  const Fixture f;
  const AgentRows rows = NewAgents("centroid", f.old, f.labels, 2)->For({0, 1, 4}, {0, 0, 1});
  EXPECT_TRUE(std::is_sorted(rows.labels.begin(), rows.labels.end()));
  EXPECT_EQ(std::adjacent_find(rows.labels.begin(), rows.labels.end()), rows.labels.end());
  EXPECT_EQ(std::count(rows.labels.begin(), rows.labels.end(), 0), 1);
  EXPECT_EQ(std::count(rows.labels.begin(), rows.labels.end(), 1), 1);
  EXPECT_LE(rows.labels.size(), 2 * (2 + 1));
}

TEST(Agents, EnoughNeighboursMeansEveryClass) {
  const Fixture f;
  for (const int64_t k : {int64_t{4}, int64_t{100}, int64_t{-1}}) {
    EXPECT_EQ(NewAgents("centroid", f.old, f.labels, k)->For({0}, {0}).labels.size(), 5U) << k;
  }
}

TEST(Agents, SingletonCentroidIsItsFeature) {
  Fixture f;
  f.labels.labels.assign(20, -1);
  f.labels.labels[3] = 0;
  f.labels.classes = 1;
  const auto agents = NewAgents("centroid", f.old, f.labels, 3);
  const AgentRows rows = agents->For({3}, {0});
  FloatMatrix unit = f.old;
  NormalizeRows(unit);
  ASSERT_EQ(rows.rows.size(), 1U);
  const float* centroid = agents->table().row(static_cast<size_t>(rows.rows[0]));
  for (size_t c = 0; c < 4; ++c) EXPECT_NEAR(centroid[c], unit.row(3)[c], 1e-6);
}

TEST(Agents, InstancesLeaveTheBatchOutAndHoldAllOwnImages) {
  const Fixture f;
  const AgentRows rows = NewAgents("instance", f.old, f.labels, 2)->For({0, 1}, {0, 0});
  EXPECT_EQ(std::count(rows.labels.begin(), rows.labels.end(), 0),
            2);  // images 2 and 3 of identity 0
  const auto others = static_cast<int64_t>(rows.labels.size()) - 2;
  EXPECT_GE(others, 2);
  EXPECT_LE(others, 4);
}

TEST(Agents, AllInstancesNeedNoTable) {
  Fixture f;
  f.labels.labels[19] = -1;
  const AgentRows enough = NewAgents("instance", f.old, f.labels, 19)->For({0, 1}, {0, 0});
  for (const int64_t k : {int64_t{-1}, int64_t{20}, int64_t{1'000'000}}) {
    const AgentRows rows = NewAgents("instance", f.old, f.labels, k)->For({0, 1}, {0, 0});
    ASSERT_EQ(rows.labels, enough.labels) << k;
    EXPECT_EQ(rows.labels.size(), 17U) << "all labelled rows but the batch's";
    EXPECT_EQ(std::count(rows.labels.begin(), rows.labels.end(), -1), 0);
  }
  EXPECT_TRUE(NewAgents("instance", f.old, f.labels, -1)->For({19}, {-1}).labels.empty());
}

// 12 GB were a table of all pairs: neighbours are found per batch where it would be too large.
TEST(Agents, ManyInstancesAreFoundBatchByBatch) {
  constexpr int64_t kRows = 40'000, kNeighbours = 30'000;
  Random random(6);
  FloatMatrix old(kRows, 2);
  LabelSet labels;
  labels.classes = kRows / 4;
  for (int64_t i = 0; i < kRows; ++i) {
    old.row(static_cast<size_t>(i))[0] = static_cast<float>(random.Normal());
    old.row(static_cast<size_t>(i))[1] = static_cast<float>(random.Normal());
    labels.labels.push_back(i / 4);
  }
  const AgentRows rows = NewAgents("instance", old, labels, kNeighbours)->For({0, 1}, {0, 0});
  EXPECT_GE(rows.labels.size(), static_cast<size_t>(kNeighbours));
  EXPECT_LE(rows.labels.size(), static_cast<size_t>(2 * kNeighbours + 2));
}

TEST(OldSpace, NeighboursOfSomeRowsAreThoseOfAll) {
  const Fixture f;
  FloatMatrix unit = f.old;
  NormalizeRows(unit);
  const auto all = NearestOthers(unit, f.labels.labels, 5);
  const auto some = NearestOthersOf({7, 2}, unit, f.labels.labels, 5);
  ASSERT_EQ(some.size(), 2U);
  EXPECT_EQ(some[0], all[7]);
  EXPECT_EQ(some[1], all[2]);
}

}  // namespace
}  // namespace bcr
