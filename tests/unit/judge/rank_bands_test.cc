#include "harness/judge/rank_bands.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/judge/graph.h"
#include "tests/unit/judge/toy_graph.h"

namespace bcr {
namespace {

constexpr int kRanks = 25;  // more than are estimated together

// The cross cell's file, as a page reads it, and its record.
struct Cross {
  CellRecord record;
  std::vector<PerQueryRow> rows;
};

const Cross& ToyCross() {
  static const Cross cross = [] {
    const Judgement judgement = JudgeGraph(Toy().Upgrade());
    const ScoredCell* cell = FindScored(judgement.cells, {"new", "old"});
    return Cross{cell->record, ParsePerQuery(cell->queries.text, "new/old")};
  }();
  return cross;
}

TEST(RankBand, IsWhatTheMetricsHave) {
  const RankBand band = RankBandOf(ToyCross().rows, kRanks, {});
  ASSERT_EQ(band.low.size(), static_cast<size_t>(kRanks));
  ASSERT_EQ(band.high.size(), static_cast<size_t>(kRanks));
  for (const auto& [name, rank] : {std::pair("cmc1", 1), std::pair("cmc5", 5), {"cmc10", 10}}) {
    const MetricValue& metric = ToyCross().record.metrics.at(name);
    EXPECT_EQ(band.low[rank - 1], metric.low) << name;
    EXPECT_EQ(band.high[rank - 1], metric.high) << name;
  }
}

TEST(RankBand, NeverFallsAndHoldsTheCurve) {
  const RankBand band = RankBandOf(ToyCross().rows, kRanks, {});
  EXPECT_TRUE(std::is_sorted(band.low.begin(), band.low.end()));
  EXPECT_TRUE(std::is_sorted(band.high.begin(), band.high.end()));
  for (size_t k = 0; k < band.low.size(); ++k) {
    EXPECT_LE(band.low[k], ToyCross().record.cmc[k]) << k + 1;
    EXPECT_GE(band.high[k], ToyCross().record.cmc[k]) << k + 1;
  }
}

TEST(RankBand, QueriesThatAreNotValidTakeNoPart) {
  std::vector<PerQueryRow> rows = ToyCross().rows;
  PerQueryRow without = rows.front();
  without.image = "without a match";
  without.valid = false;
  rows.insert(rows.begin(), without);
  EXPECT_EQ(RankBandOf(rows, 3, {}).low, RankBandOf(ToyCross().rows, 3, {}).low);
}

TEST(RankBand, NothingIsKnownOfProbabilitiesOrWithoutAValidQuery) {
  std::vector<PerQueryRow> rows = ToyCross().rows;
  rows.back().hits = {0.25, 0.75, 1};
  EXPECT_TRUE(RankBandOf(rows, kRanks, {}).low.empty());
  rows = ToyCross().rows;
  for (PerQueryRow& row : rows) row.valid = false;
  EXPECT_TRUE(RankBandOf(rows, kRanks, {}).high.empty());
  EXPECT_TRUE(RankBandOf({}, kRanks, {}).low.empty());
}

// One person is one trial: bounds that say next to nothing.
TEST(RankBand, OfOnePersonIsWide) {
  std::vector<PerQueryRow> rows = ToyCross().rows;
  for (PerQueryRow& row : rows) row.identity = "1";
  const RankBand band = RankBandOf(rows, 1, {});
  ASSERT_EQ(band.low.size(), 1U);
  EXPECT_GT(band.high[0] - band.low[0], 0.5);
}

}  // namespace
}  // namespace bcr
