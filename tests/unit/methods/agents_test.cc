#include "methods/objectives/ranking/agents.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "harness/core/random.h"
#include "methods/support/old_space.h"

namespace bcr {
namespace {

struct Fixture {
  FloatMatrix old{20, 4};
  LabelSet labels;
  std::vector<int64_t> cameras;
  Fixture() {
    Random random(5);
    for (size_t i = 0; i < 80; ++i) old.data()[i] = static_cast<float>(random.Normal());
    for (int64_t i = 0; i < 20; ++i) {
      labels.labels.push_back(i / 4);
      cameras.push_back(i % 2);
    }
    labels.classes = 5;
  }
};

TEST(Agents, NoneGivesNothing) {
  const Fixture f;
  EXPECT_TRUE(NewAgents({"none", 3}, f.old, f.labels, f.cameras)
                  ->For({0, 1}, {0, 0}, false)
                  .labels.empty());
}

TEST(Agents, CentroidUnionIsDeduplicatedAndHoldsOwnClass) {
  const Fixture f;
  const AgentRows rows =
      NewAgents({"centroid", 2}, f.old, f.labels, f.cameras)->For({0, 1, 4}, {0, 0, 1}, false);
  EXPECT_TRUE(std::is_sorted(rows.labels.begin(), rows.labels.end()));
  EXPECT_EQ(std::adjacent_find(rows.labels.begin(), rows.labels.end()), rows.labels.end());
  EXPECT_EQ(std::count(rows.labels.begin(), rows.labels.end(), 0), 1);
  EXPECT_EQ(std::count(rows.labels.begin(), rows.labels.end(), 1), 1);
  EXPECT_LE(rows.labels.size(), 2 * (2 + 1));
}

TEST(Agents, EnoughNeighboursMeansEveryClass) {
  const Fixture f;
  for (const int64_t k : {int64_t{4}, int64_t{100}, int64_t{-1}}) {
    EXPECT_EQ(
        NewAgents({"centroid", k}, f.old, f.labels, f.cameras)->For({0}, {0}, false).labels.size(),
        5U)
        << k;
  }
}

TEST(Agents, SingletonCentroidIsItsFeature) {
  Fixture f;
  f.labels.labels.assign(20, -1);
  f.labels.labels[3] = 0;
  f.labels.classes = 1;
  const auto agents = NewAgents({"centroid", 3}, f.old, f.labels, f.cameras);
  const AgentRows rows = agents->For({3}, {0}, false);
  FloatMatrix unit = f.old;
  NormalizeRows(unit);
  ASSERT_EQ(rows.rows.size(), 1U);
  const float* centroid = agents->table().row(static_cast<size_t>(rows.rows[0]));
  for (size_t c = 0; c < 4; ++c) EXPECT_NEAR(centroid[c], unit.row(3)[c], 1e-6);
}

TEST(Agents, InstancesLeaveTheBatchOutAndHoldAllOwnImages) {
  const Fixture f;
  const AgentRows rows =
      NewAgents({"instance", 2}, f.old, f.labels, f.cameras)->For({0, 1}, {0, 0}, false);
  EXPECT_EQ(std::count(rows.labels.begin(), rows.labels.end(), 0),
            2);  // images 2 and 3 of identity 0
  const auto others = static_cast<int64_t>(rows.labels.size()) - 2;
  EXPECT_GE(others, 2);
  EXPECT_LE(others, 4);
}

TEST(Agents, AllInstancesNeedNoTable) {
  Fixture f;
  f.labels.labels[19] = -1;
  const AgentRows enough =
      NewAgents({"instance", 19}, f.old, f.labels, f.cameras)->For({0, 1}, {0, 0}, false);
  for (const int64_t k : {int64_t{-1}, int64_t{20}, int64_t{1'000'000}}) {
    const AgentRows rows =
        NewAgents({"instance", k}, f.old, f.labels, f.cameras)->For({0, 1}, {0, 0}, false);
    ASSERT_EQ(rows.labels, enough.labels) << k;
    EXPECT_EQ(rows.labels.size(), 17U) << "all labelled rows but the batch's";
    EXPECT_EQ(std::count(rows.labels.begin(), rows.labels.end(), -1), 0);
  }
  EXPECT_TRUE(NewAgents({"instance", -1}, f.old, f.labels, f.cameras)
                  ->For({19}, {-1}, false)
                  .labels.empty());
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
  const AgentRows rows =
      NewAgents({"instance", kNeighbours}, old, labels, std::vector<int64_t>(kRows))
          ->For({0, 1}, {0, 0}, false);
  EXPECT_GE(rows.labels.size(), static_cast<size_t>(kNeighbours));
  EXPECT_LE(rows.labels.size(), static_cast<size_t>(2 * kNeighbours + 2));
}

// Identity 0 has images 0 and 2 in camera 0, 1 and 3 in camera 1: two groups of five identities.
TEST(Agents, CamerasSplitTheCentroids) {
  const Fixture f;
  const auto agents = NewAgents({"camera", 3}, f.old, f.labels, f.cameras);
  EXPECT_EQ(agents->table().rows(), 10U);
  const AgentRows rows = agents->For({0}, {0}, false);
  EXPECT_EQ(rows.labels.size(), 2U + 3U);
  EXPECT_EQ(std::count(rows.labels.begin(), rows.labels.end(), 0), 2);
  FloatMatrix unit = f.old;
  NormalizeRows(unit);
  double norm = 0, sum[4] = {};
  for (size_t c = 0; c < 4; ++c) {
    sum[c] = unit.row(0)[c] + unit.row(2)[c];
    norm += sum[c] * sum[c];
  }
  for (size_t c = 0; c < 4; ++c)
    EXPECT_NEAR(agents->table().row(0)[c], sum[c] / std::sqrt(norm), 1e-6);
}

// The neighbours of an image, of its own identity too where they are near; never itself.
TEST(Agents, ContextIsNearWhateverItsIdentity) {
  const Fixture f;
  FloatMatrix unit = f.old;
  NormalizeRows(unit);
  const AgentRows rows =
      NewAgents({"context", 6}, f.old, f.labels, f.cameras)->For({5}, {1}, false);
  ASSERT_EQ(rows.rows.size(), 6U);
  const auto similarity = [&](int64_t i) {
    double dot = 0;
    for (size_t c = 0; c < 4; ++c)
      dot += double{unit.row(5)[c]} * unit.row(static_cast<size_t>(i))[c];
    return dot;
  };
  std::vector<double> all;
  for (int64_t i = 0; i < 20; ++i) {
    if (i != 5) all.push_back(similarity(i));
  }
  std::sort(all.rbegin(), all.rend());
  for (const int64_t row : rows.rows) {
    EXPECT_NE(row, 5);
    EXPECT_GE(similarity(row), all[5] - 1e-6);
  }
}

TEST(Agents, EveryAnchorKnowsItsOwnList) {
  const Fixture f;
  for (const char* kind : {"centroid", "camera", "instance", "context"}) {
    const auto agents = NewAgents({kind, 2}, f.old, f.labels, f.cameras);
    const AgentRows both = agents->For({0, 9, 19}, {0, 2, -1}, true);
    ASSERT_EQ(both.own.size(), 3 * both.rows.size()) << kind;
    for (size_t b = 0; b < 2; ++b) {
      const AgentRows alone = b == 0 ? agents->For({0}, {0}, false) : agents->For({9}, {2}, false);
      std::vector<int64_t> listed;
      for (size_t a = 0; a < both.rows.size(); ++a) {
        if (both.own[b * both.rows.size() + a] != 0) listed.push_back(both.rows[a]);
      }
      // What is an image of the batch is no agent of it.
      std::vector<int64_t> expected;
      for (const int64_t row : alone.rows) {
        const bool is_image = std::string(kind) == "instance" || std::string(kind) == "context";
        if (!is_image || (row != 0 && row != 9 && row != 19)) expected.push_back(row);
      }
      EXPECT_EQ(listed, expected) << kind << ", anchor " << b;
    }
    for (size_t a = 0; a < both.rows.size(); ++a)
      EXPECT_EQ(both.own[2 * both.rows.size() + a], 0) << kind << ": an anchor without a label";
  }
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
