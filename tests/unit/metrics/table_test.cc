#include "harness/metrics/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "harness/core/error.h"
#include "harness/metrics/matrix/matrix_terms.h"
#include "harness/metrics/upgrade_scores.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> NamesOf(const MetricList& list) {
  std::vector<std::string> names;
  for (const MetricInfo* metric : list) names.push_back(metric->name);
  return names;
}

// Names and order that records, comparisons and gates have had from the first: others come behind.
TEST(MetricTable, KeepsTheOrderOfTheFirstMetrics) {
  std::vector<std::string> names = NamesOf(QueryMetrics());
  names.resize(6);
  EXPECT_EQ(names, (std::vector<std::string>{"map_hits", "map_trapezoid", "minp", "cmc1", "cmc5",
                                             "cmc10"}));
  names = NamesOf(QueryMetricsAsShown());
  names.resize(6);
  EXPECT_EQ(names, (std::vector<std::string>{"map_hits", "cmc1", "cmc5", "cmc10", "minp",
                                             "map_trapezoid"}));
  EXPECT_EQ(HeadlineMetric().name, "map_hits");
}

TEST(MetricTable, EveryMetricSaysWhatItIs) {
  for (const MetricInfo* metric : MetricTable()) {
    EXPECT_FALSE(metric->about.empty()) << metric->name;
    EXPECT_FALSE(metric->source.empty()) << metric->name;
    EXPECT_GE(metric->revision, 1) << metric->name;
    if (metric->change) {
      const MetricInfo* of = FindMetric(metric->change->of);
      ASSERT_NE(of, nullptr) << metric->name;
      EXPECT_TRUE(of->query) << metric->name;
    }
    if (metric->query) {
      EXPECT_EQ(metric->unit, Unit::kShare) << metric->name << ": a mean of values in [0, 1]";
    }
  }
}

// A formula of ranks gives a fraction on every list, 1 on a perfect one.
TEST(MetricTable, MetricsOfRanksAreFractions) {
  const std::vector<std::vector<uint32_t>> lists = {{1},      {2},      {1, 2, 3}, {3, 9, 10},
                                                    {1, 400}, {60, 61}, {1000000}};
  for (const MetricInfo* metric : RankMetrics()) {
    const auto value = [&](const std::vector<uint32_t>& ranks) {
      return metric->query->of({ranks}, static_cast<uint32_t>(metric->query->rank));
    };
    for (const std::vector<uint32_t>& ranks : lists) {
      EXPECT_GE(value(ranks), 0) << metric->name;
      EXPECT_LE(value(ranks), 1) << metric->name;
    }
    EXPECT_EQ(value({1, 2, 3}), 1) << metric->name;
    EXPECT_EQ(RankMetrics()[RankMetricPlace(*metric)], metric);
  }
}

// What a formula needs and what its part says that it needs are the same.
TEST(MetricTable, UpgradeFiguresNeedTheCellsTheyName) {
  for (const MetricInfo* metric : MetricTable()) {
    if (!metric->upgrade) continue;
    const UpgradePart& part = *metric->upgrade;
    const CellMeans all{.5, .6, .7, .8, .55};
    EXPECT_TRUE(part.of(all)) << metric->name;
    CellMeans without = all;
    without.new_self.reset();
    EXPECT_NE(part.of(without).has_value(), part.needs_new) << metric->name;
    without = all;
    without.paragon.reset();
    EXPECT_NE(part.of(without).has_value(), part.needs_paragon) << metric->name;
    without = all;
    without.reverse.reset();
    EXPECT_NE(part.of(without).has_value(), part.needs_reverse) << metric->name;
  }
}

TEST(MetricTable, FiguresAreFoundByNameFamilyAndPrefix) {
  const FigureInfo flips = InfoOf("deployment.nfr1");
  EXPECT_EQ(flips.label, "negative flips");
  EXPECT_TRUE(flips.watched);
  EXPECT_TRUE(flips.compared);
  EXPECT_FALSE(flips.higher_is_better);
  const FigureInfo later = InfoOf("end.nfr5");
  ASSERT_NE(later.metric, nullptr);
  EXPECT_EQ(later.label, "end.nfr5");
  EXPECT_FALSE(later.watched);
  EXPECT_FALSE(later.higher_is_better);
  EXPECT_EQ(InfoOf("end.relative_nfr5").metric->name, "*.relative_nfr*");
  EXPECT_FALSE(InfoOf("backfill.random.area").watched);
  EXPECT_TRUE(InfoOf("backfill.random.area").shown);
  const FigureInfo prefixed = InfoOf("minp.relative_tax");
  ASSERT_NE(prefixed.metric, nullptr);
  EXPECT_EQ(prefixed.metric->name, "relative_tax");
  EXPECT_FALSE(prefixed.higher_is_better);
  EXPECT_FALSE(InfoOf("minp.gain").watched) << "only the headline's gain is";
}

TEST(MetricTable, WhatItDoesNotKnowHasNoMetric) {
  for (const char* name : {"", ".", "nfr", "*.nfr*", "nfr5", "a.b.nfr5", "gain.minp", "minp.minp",
                           "backfill.area", "backfill..area", "matrix.xx", "nonsense.gain"}) {
    const FigureInfo info = InfoOf(name);
    EXPECT_EQ(info.metric, nullptr) << name;
    EXPECT_EQ(info.label, name);
    EXPECT_FALSE(info.watched) << name;
    EXPECT_FALSE(info.compared) << name;
  }
  EXPECT_EQ(FindMetric("*.nfr*"), nullptr) << "a family is no figure";
}

TEST(MetricTable, NamesAreReadAsPeopleWriteThem) {
  EXPECT_EQ(FigureMeant("mAP"), "map_hits");
  EXPECT_EQ(FigureMeant("Rank-5"), "cmc5");
  EXPECT_EQ(FigureMeant("nfr"), "deployment.nfr1");
  EXPECT_EQ(FigureMeant("end.NFR5"), "end.nfr5");
  EXPECT_EQ(NamesOf(ParseQueryMetrics({"mINP", "rank1"}, "--metrics")),
            (std::vector<std::string>{"minp", "cmc1"}));
  EXPECT_THAT(test::MessageOf([] { ParseQueryMetrics({"minpp"}, "--metrics"); }),
              HasSubstr("did you mean `minp`"));
  EXPECT_THROW(ParseQueryMetrics({"gain"}, "--metrics"), Error) << "no metric of a cell";
}

// What a gate judges, and what it shows, without being asked.
TEST(MetricTable, WatchedAndShown) {
  std::vector<std::string> watched, shown;
  for (const MetricInfo* metric : MetricTable()) {
    if (metric->gate.watched) watched.push_back(metric->name);
    if (metric->gate.shown) shown.push_back(metric->name);
    EXPECT_EQ(metric->gate.tolerance, 0) << metric->name;
  }
  EXPECT_EQ(watched, (std::vector<std::string>{"map_hits", "cmc1", "gain", "deployment.nfr1"}));
  EXPECT_EQ(shown,
            (std::vector<std::string>{"minp", "cmc5", "cmc10", "backfill.*.area", "matrix.ac",
                                      "matrix.ac_decided", "matrix.am", "matrix.bc", "matrix.fc"}));
}

TEST(MetricTable, MatrixTermsOfTooFewModelsAreNone) {
  EXPECT_TRUE(AmTerms(0).empty());
  EXPECT_EQ(AmTerms(1).size(), 1U);
  EXPECT_TRUE(BcTerms(1).empty());
  EXPECT_TRUE(FcTerms(1).empty());
  EXPECT_EQ(FindMetric("matrix.ac")->matrix->terms, nullptr) << "no mean over queries";
}

}  // namespace
}  // namespace bcr
