#include "harness/eval/statistics/cell_metrics.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/metrics/table.h"

namespace bcr {
namespace {

// Each query's first match at the given rank (0: not valid), AP its inverse.
CellScores CellOf(const std::vector<uint32_t>& ranks) {
  CellScores cell;
  for (const uint32_t rank : ranks) {
    QueryScore query;
    query.valid = rank > 0;
    query.first_rank = rank;
    if (rank > 0) query.ap_hits = query.inp = 1.0 / rank;
    if (rank > 0) query.ap_trapezoid = 0.5 / rank;
    cell.queries.push_back(query);
    cell.valid_queries += rank > 0 ? 1 : 0;
  }
  return cell;
}

std::vector<std::string> People(size_t n) {
  std::vector<std::string> people;
  for (size_t i = 0; i < n; ++i) people.push_back("p" + std::to_string(i));
  return people;
}

const Estimate& Of(const std::vector<CellMetric>& metrics, const std::string& name) {
  for (const CellMetric& metric : metrics) {
    if (metric.name == name) return metric.estimate;
  }
  throw std::runtime_error("no metric " + name);
}

TEST(CellMetrics, ValuesAreMeansOverValidQueries) {
  const auto metrics = EstimateCellMetrics(CellOf({1, 4, 0, 7}), People(4), {.seed = 1});
  ASSERT_EQ(metrics.size(), QueryMetrics().size());
  EXPECT_NEAR(*Of(metrics, "map_hits").value, (1 + 1. / 4 + 1. / 7) / 3, 1e-15);
  EXPECT_NEAR(*Of(metrics, "map_trapezoid").value, (1 + 1. / 4 + 1. / 7) / 6, 1e-15);
  EXPECT_NEAR(*Of(metrics, "minp").value, (1 + 1. / 4 + 1. / 7) / 3, 1e-15);
  EXPECT_NEAR(*Of(metrics, "cmc1").value, 1. / 3, 1e-15);
  EXPECT_NEAR(*Of(metrics, "cmc5").value, 2. / 3, 1e-15);
  EXPECT_EQ(*Of(metrics, "cmc10").value, 1.0);
}

// Twelve people who are all found tell little of the thirteenth.
TEST(CellMetrics, ARateOfOneIsNotCertain) {
  const auto metrics =
      EstimateCellMetrics(CellOf(std::vector<uint32_t>(12, 2)), People(12), {.seed = 1});
  const Estimate& all = Of(metrics, "cmc5");
  EXPECT_EQ(*all.value, 1.0);
  EXPECT_LT(*all.low, .8);
  EXPECT_EQ(*all.high, 1.0);
  const Estimate& none = Of(metrics, "cmc1");
  EXPECT_EQ(*none.low, 0.0);
  EXPECT_GT(*none.high, .2);
}

// Means are levels in [0, 1], whatever draws the other intervals take.
TEST(CellMetrics, MeansAreLevels) {
  const CellScores cell = CellOf({1, 4, 2, 7, 3, 1, 9, 2});
  const auto metrics = EstimateCellMetrics(cell, People(8), {.seed = 5, .resamples = 300});
  ValueColumn column;
  for (const QueryScore& query : cell.queries) column.values.push_back(query.ap_hits);
  column.valid.assign(8, true);
  const Estimate expected = EstimateAll({column}, People(8), {LevelOf(0)}, {}).front();
  EXPECT_EQ(*Of(metrics, "map_hits").value, *expected.value);
  EXPECT_EQ(*Of(metrics, "map_hits").low, *expected.low);
  EXPECT_EQ(*Of(metrics, "map_hits").high, *expected.high);
}

TEST(CellMetrics, OneIdentityHasNoIntervalOfAMean) {
  const auto metrics =
      EstimateCellMetrics(CellOf({1, 4}), std::vector<std::string>(2, "a"), {.seed = 1});
  EXPECT_TRUE(Of(metrics, "map_hits").value.has_value());
  EXPECT_FALSE(Of(metrics, "map_hits").low.has_value());
}

TEST(CellMetrics, ARateIsThatOfTheCurve) {
  CellScores cell = CellOf({1, 4, 7});
  cell.cmc = {.3333};
  const auto metrics = EstimateCellMetrics(cell, People(3), {.seed = 1});
  EXPECT_EQ(*Of(metrics, "cmc1").value, .3333);
  EXPECT_NEAR(*Of(metrics, "cmc5").value, 2. / 3, 1e-15) << "the curve does not reach so far";
}

// Never another metric's values: where a query has none, the metric is absent and says why.
TEST(CellMetrics, AMetricOfRanksIsAbsentWhereRanksAre) {
  CellScores cell = CellOf({1, 4, 0, 7});
  for (const MetricInfo* metric : RankMetrics()) {
    const auto without = EstimateCellMetrics(cell, People(4), {.seed = 1});
    EXPECT_FALSE(Of(without, metric->name).value) << metric->name;
    EXPECT_NE(Of(without, metric->name).reason, "") << metric->name;
  }
  for (QueryScore& query : cell.queries) {
    if (query.valid) query.of_ranks.assign(RankMetrics().size(), query.ap_hits);
  }
  const auto with = EstimateCellMetrics(cell, People(4), {.seed = 1});
  for (const MetricInfo* metric : RankMetrics()) {
    EXPECT_EQ(*Of(with, metric->name).value, *Of(with, "map_hits").value) << metric->name;
    EXPECT_EQ(Of(with, metric->name).low, Of(with, "map_hits").low) << metric->name;
  }
  cell.queries[1].of_ranks.clear();
  for (const MetricInfo* metric : RankMetrics()) {
    EXPECT_FALSE(Of(EstimateCellMetrics(cell, People(4), {.seed = 1}), metric->name).value);
  }
}

TEST(CellMetrics, RefusesCellsWithoutAValidQuery) {
  EXPECT_THROW(EstimateCellMetrics(CellOf({0, 0}), People(2), {}), Error);
  EXPECT_THROW(EstimateCellMetrics(CellOf({1, 2}), People(3), {}), Error);
}

}  // namespace
}  // namespace bcr
