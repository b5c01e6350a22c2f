// A metric that is computed from ranks is in every place that shows or judges metrics of cells,
// though no file but its own names it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/compare/gate.h"
#include "harness/core/files.h"
#include "harness/metrics/table.h"
#include "reports/score_text.h"
#include "tests/unit/compare/stored_report.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class EveryMetric : public ::testing::Test {
 protected:
  EveryMetric() {
    ApByCell worse = UpgradeAp();
    Shift(worse["new/old"], -0.05);
    base_ = StoreReport(JoinPath(folder_.path(), "base.json"), UpgradeAp());
    run_ = StoreReport(JoinPath(folder_.path(), "run.json"), worse);
  }
  static const FigureDifference* Find(const Comparison& comparison, const std::string& figure) {
    for (const FigureDifference& item : comparison.figures) {
      if (item.cell == "new/old" && item.figure == figure) return &item;
    }
    return nullptr;
  }
  GateReport Judge(const Result& base, const GateOptions& options) const {
    return JudgeGate(base, run_, Compare(base, run_, {}), options);
  }
  // The baseline as it would be had it been stored before there were metrics of ranks.
  Result Older(bool in_cells) {
    ScoreReport report = ScoreReportFromJson(ReadJsonFile(base_.path), base_.path);
    std::vector<SideFile> side;
    for (size_t c = 0; c < report.cells.size(); ++c) {
      std::vector<PerQueryRow> rows = *ReadQueries(base_, base_.cells[c]);
      for (PerQueryRow& row : rows) row.of_ranks.clear();
      side.push_back(MakeSideFile(rows, *report.cells[c].per_query));
      for (const MetricInfo* metric : RankMetrics()) {
        if (in_cells) report.cells[c].metrics.erase(metric->name);
      }
    }
    const std::string path = JoinPath(folder_.path(), "older.json");
    StoreResult(path, ScoreReportJson(report), side);
    return ReadResult(path);
  }
  TemporaryFolder folder_;
  Result base_, run_;
};

TEST_F(EveryMetric, IsComparedQueryByQuery) {
  const Comparison comparison = Compare(base_, run_, {});
  const std::string text = ComparisonText(comparison, 96);
  ASSERT_FALSE(RankMetrics().empty());
  for (const MetricInfo* metric : RankMetrics()) {
    const FigureDifference* figure = Find(comparison, metric->name);
    ASSERT_NE(figure, nullptr) << metric->name;
    EXPECT_NEAR(figure->b - figure->a, -0.05, 1e-12) << metric->name;
    ASSERT_TRUE(figure->test) << metric->name;
    EXPECT_NEAR(*figure->test->difference.value, -0.05, 1e-12) << metric->name;
    EXPECT_EQ(figure->verdict, metric->higher_is_better ? "worse" : "better") << metric->name;
    if (metric->print.comparison) {
      EXPECT_THAT(text, HasSubstr(metric->Label())) << metric->name;
    }
  }
}

TEST_F(EveryMetric, IsGatedWhereAToleranceNamesIt) {
  for (const MetricInfo* metric : RankMetrics()) {
    const auto verdict = [&](const std::string& tolerance) {
      GateOptions options;
      if (!tolerance.empty()) ParseTolerance(metric->name + "=" + tolerance, options);
      for (const GateLine& line : Judge(base_, options).judged) {
        if (line.cell == "new/old" && line.figure == metric->name) return line.verdict;
      }
      return std::string("absent");
    };
    EXPECT_EQ(verdict(""), metric->gate.watched ? "WORSE" : "absent") << metric->name;
    EXPECT_EQ(verdict("0.04"), "WORSE") << metric->name;
    EXPECT_EQ(verdict("0.06"), "ok") << metric->name;
    for (const std::string& alias : metric->aliases) EXPECT_EQ(FigureMeant(alias), metric->name);
  }
}

TEST_F(EveryMetric, IsCheckedInRecords) {
  for (const MetricInfo* metric : RankMetrics()) {
    Json json = ReadJsonFile(base_.path);
    Json& cell = json["cells"][0];
    EXPECT_TRUE(cell["metrics"].contains(metric->name));
    cell["metrics"][metric->name]["value"] = 1.5;
    EXPECT_THAT(test::MessageOf([&] { ResultFromJson(json, "x.json"); }), HasSubstr(metric->name));
    cell["metrics"].erase(metric->name);
    cell["reasons"] = {{metric->name, "ties in the mean"}};
    EXPECT_EQ(ResultFromJson(json, "x.json").cells[0].reasons.at(metric->name), "ties in the mean");
  }
}

TEST_F(EveryMetric, IsShownByScoreWhereAskedFor) {
  ScoreReport report = ScoreReportFromJson(ReadJsonFile(base_.path), base_.path);
  for (const MetricInfo* metric : RankMetrics()) {
    const MetricList asked = ParseQueryMetrics({metric->name}, "--metrics");
    EXPECT_THAT(ScoreText(report, asked), HasSubstr(metric->Label())) << metric->name;
    if (!metric->print.column.empty()) continue;
    EXPECT_THAT(ScoreText(report), Not(HasSubstr(metric->Label()))) << metric->name;
    report.cells[0].metrics.erase(metric->name);
    report.cells[0].reasons[metric->name] = "a reason";
    EXPECT_THAT(ScoreText(report, asked), HasSubstr(metric->Label() + ": no value: a reason."));
  }
}

// Results stored before a metric was there stay valid; nothing takes another metric's place.
TEST_F(EveryMetric, IsLeftOutOfOlderResults) {
  const Result older = Older(true);
  const Comparison comparison = Compare(older, run_, {});
  for (const MetricInfo* metric : RankMetrics()) {
    EXPECT_EQ(Find(comparison, metric->name), nullptr) << metric->name;
    EXPECT_THAT(test::MessageOf([&] {
                  Judge(older, {.tolerances = {{metric->name, 0.1}}});
                }),
                HasSubstr("a figure of the baseline"));
  }
  EXPECT_TRUE(Find(comparison, HeadlineMetric().name)->test);
  EXPECT_NO_THROW(Judge(older, {}));
}

TEST_F(EveryMetric, HasNoIntervalWithoutItsColumn) {
  const Comparison comparison = Compare(Older(false), run_, {});
  for (const MetricInfo* metric : RankMetrics()) {
    const FigureDifference* figure = Find(comparison, metric->name);
    ASSERT_NE(figure, nullptr) << metric->name;
    EXPECT_FALSE(figure->test) << metric->name;
    EXPECT_THAT(
        comparison.notes,
        ::testing::Contains(HasSubstr("no interval for " + metric->Label() + " of cell new/old")));
  }
}

}  // namespace
}  // namespace bcr
