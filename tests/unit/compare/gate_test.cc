#include "harness/compare/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/files.h"
#include "tests/unit/compare/stored_report.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;

class GateTest : public ::testing::Test {
 protected:
  Result Stored(const std::string& name, const ApByCell& ap, ScoreReport report = TestReport()) {
    return StoreReport(JoinPath(folder_.path(), name), ap, std::move(report));
  }
  static std::vector<GateLine> Judge(const Result& a, const Result& b, const GateOptions& options) {
    return JudgeGate(a, b, Compare(a, b, {}), options);
  }
  static std::string VerdictOf(const std::vector<GateLine>& lines, const std::string& cell,
                               const std::string& figure) {
    for (const GateLine& line : lines) {
      if (line.cell == cell && line.figure == figure) return line.verdict;
    }
    return "absent";
  }
  TemporaryFolder folder_;
};

TEST_F(GateTest, EqualIsOkAndAnyLossIsWorse) {
  const Result base = Stored("base.json", UpgradeAp());
  for (const GateLine& line : Judge(base, Stored("same.json", UpgradeAp()), {})) {
    EXPECT_EQ(line.verdict, "ok") << line.cell << " " << line.figure;
  }
  ApByCell slightly = UpgradeAp();
  slightly["new/old"][2] -= 0.06;  // 0.002 of mAP
  const Result run = Stored("run.json", slightly);
  EXPECT_EQ(VerdictOf(Judge(base, run, {}), "new/old", "map_hits"), "WORSE");
  EXPECT_EQ(VerdictOf(Judge(base, run, {}), "old/old", "map_hits"), "ok");
  EXPECT_EQ(
      VerdictOf(Judge(base, run, {.tolerances = {{"map_hits", 0.0021}}}), "new/old", "map_hits"),
      "ok");
  EXPECT_EQ(
      VerdictOf(Judge(base, run, {.tolerances = {{"map_hits", 0.0019}}}), "new/old", "map_hits"),
      "WORSE");
  // Of fifteen identities one lost: that decides nothing.
  EXPECT_EQ(VerdictOf(Judge(base, run, {.significant = true}), "new/old", "map_hits"), "ok");
}

TEST_F(GateTest, SignificantLossFailsAndGainsAreBetterOnlyBeyondChance) {
  ApByCell worse = UpgradeAp(), better = UpgradeAp(), chance = UpgradeAp();
  Shift(worse["new/old"], -0.05);
  Shift(better["new/old"], 0.05);
  chance["new/old"][0] += 0.01;
  const Result base = Stored("base.json", UpgradeAp());
  const auto verdict = [&](const char* name, const ApByCell& ap, const GateOptions& options) {
    return VerdictOf(Judge(base, Stored(name, ap), options), "new/old", "map_hits");
  };
  EXPECT_EQ(verdict("worse.json", worse, {.significant = true}), "WORSE");
  EXPECT_EQ(verdict("worse.json", worse, {.tolerance = 0.1, .significant = true}), "ok");
  EXPECT_EQ(verdict("better.json", better, {}), "better");
  EXPECT_EQ(verdict("chance.json", chance, {}), "ok") << "a tie is no win";
}

// A chain of two models with its matrix figures, which follow from the cells' AP but for AC.
ScoreReport Chain(const ApByCell& ap, double ac) {
  const auto mean = [&](const char* cell) {
    double sum = 0;
    for (const double one : ap.at(cell)) sum += one;
    return sum / static_cast<double>(ap.at(cell).size() - 1);
  };
  const double old_self = mean("old/old"), new_self = mean("new/new"), cross = mean("new/old");
  const auto figure = [](double value) { return MetricValue{value, {}, {}, 5}; };
  ScoreReport report = TestReport();
  report.compatibility.reset();
  report.sections.matrix = MatrixFigures{report.models,
                                         {{old_self}, {cross, new_self}},
                                         {{"ac", figure(ac)},
                                          {"am", figure((old_self + new_self + cross) / 3)},
                                          {"bc", figure(cross - old_self)},
                                          {"fc", figure(cross - new_self)}},
                                         {}};
  return report;
}

TEST_F(GateTest, FiguresOfAMatrixAreTestedQueryByQuery) {
  ApByCell worse = UpgradeAp(), chance = UpgradeAp();
  Shift(worse["new/old"], -0.05);
  chance["new/old"][2] -= 0.01;
  const Result base = Stored("base.json", UpgradeAp(), Chain(UpgradeAp(), 1));
  const auto lines = [&](const char* name, const ApByCell& ap) {
    return Judge(base, Stored(name, ap, Chain(ap, 1)), {.significant = true});
  };
  for (const char* figure : {"matrix.am", "matrix.bc", "matrix.fc"}) {
    EXPECT_EQ(VerdictOf(lines("worse.json", worse), "", figure), "WORSE") << figure;
    EXPECT_EQ(VerdictOf(lines("chance.json", chance), "", figure), "ok") << figure;
  }
  const Comparison comparison = Compare(base, Stored("worse.json", worse, Chain(worse, 1)), {});
  for (const FigureDifference& figure : comparison.figures) {
    if (figure.figure != "matrix.am" && figure.figure != "matrix.bc") continue;
    ASSERT_TRUE(figure.test) << figure.figure;
    EXPECT_NEAR(*figure.test->difference.value, figure.b - figure.a, 1e-12) << figure.figure;
    EXPECT_EQ(figure.test->queries, 30U);
  }
}

TEST_F(GateTest, WhatHasNoTestIsJudgedByItsValueAlsoWhenSignificant) {
  ScoreReport before = Chain(UpgradeAp(), 1), after = Chain(UpgradeAp(), 0);
  before.compatibility = after.compatibility = TestReport().compatibility;
  before.compatibility->values["backfill.random.area"] = {0.70, std::nullopt, std::nullopt, 5};
  after.compatibility->values["backfill.random.area"] = {0.65, std::nullopt, std::nullopt, 5};
  const Result base = Stored("base.json", UpgradeAp(), before);
  const Result run = Stored("run.json", UpgradeAp(), after);
  for (const char* figure : {"matrix.ac", "backfill.random.area"}) {
    const auto lines = Judge(base, run, {.significant = true});
    EXPECT_EQ(VerdictOf(lines, "", figure), "WORSE") << figure;
    for (const GateLine& line : lines) {
      if (line.figure != figure) continue;
      EXPECT_THAT(line.detail, HasSubstr("no test: judged by value"));
    }
    EXPECT_EQ(VerdictOf(Judge(base, base, {.significant = true}), "", figure), "ok") << figure;
  }
  EXPECT_EQ(VerdictOf(Judge(base, run,
                            {.tolerances = {{"backfill.random.area", 0.06}}, .significant = true}),
                      "", "backfill.random.area"),
            "ok");
}

TEST_F(GateTest, OneIdentityHasNoIntervalAndIsJudgedByItsValue) {
  const auto stored = [&](const char* name, double ap) {
    ScoreReport report = TestReport();
    report.cells.clear();
    std::vector<PerQueryRow> rows = TestRows({ap, ap, 0});
    report.cells.push_back(CellFromRows("new", "new", rows));
    report.cells.back().per_query.emplace();
    report.compatibility.reset();
    const SideFile side = MakeSideFile(rows, *report.cells.back().per_query);
    const std::string path = JoinPath(folder_.path(), name);
    StoreResult(path, ScoreReportJson(report), {side});
    return ReadResult(path);
  };
  const auto lines = Judge(stored("a.json", 0.9), stored("b.json", 0.6), {.significant = true});
  EXPECT_EQ(VerdictOf(lines, "new/new", "map_hits"), "WORSE");
}

TEST_F(GateTest, AToleranceOnNoFigureOfTheBaselineIsRefused) {
  const Result base = Stored("base.json", UpgradeAp());
  const auto message = [&](const std::string& name) {
    return test::MessageOf([&] { Judge(base, base, {.tolerances = {{name, 0.1}}}); });
  };
  EXPECT_THAT(message("deployment.nfr_1"), HasSubstr("did you mean `deployment.nfr1`"));
  EXPECT_THAT(message("foo.bar"), HasSubstr("--tolerance foo.bar"));
  EXPECT_THAT(message("matrix.am"), HasSubstr("a figure of the baseline"));
  EXPECT_NO_THROW(Judge(base, base, {.tolerances = {{"deployment.nfr1", 0.1}}}));
}

TEST_F(GateTest, ANamedMetricIsGatedToo) {
  const auto stored = [&](const char* name, double trapezoid) {
    ScoreReport report = TestReport();
    for (CellRecord& cell : report.cells) {
      cell.metrics["map_trapezoid"] = {trapezoid, std::nullopt, std::nullopt, cell.valid_queries};
    }
    const std::string path = JoinPath(folder_.path(), name);
    StoreResult(path, ScoreReportJson(report), {});
    return ReadResult(path);
  };
  const Result base = stored("a.json", 0.6), run = stored("b.json", 0.5);
  EXPECT_EQ(VerdictOf(Judge(base, run, {}), "new/new", "map_trapezoid"), "absent");
  EXPECT_EQ(VerdictOf(Judge(base, run, {.tolerances = {{"map_trapezoid", 0.01}}}), "new/new",
                      "map_trapezoid"),
            "WORSE");
}

TEST_F(GateTest, MoreFlipsAreWorse) {
  ApByCell flips = UpgradeAp();
  flips["new/old"][2] = 0.45;  // right in old/old, wrong now
  const auto lines = Judge(Stored("base.json", UpgradeAp()), Stored("run.json", flips), {});
  EXPECT_EQ(VerdictOf(lines, "", "deployment.nfr1"), "WORSE");
  EXPECT_EQ(VerdictOf(lines, "", "deployment.pfr1"), "absent") << "only where a tolerance asks";
}

TEST_F(GateTest, ReverseAndParagonCellsAreNotGated) {
  ScoreReport report = TestReport();
  report.models = {"old", "new", "paragon"};
  ApByCell ap = UpgradeAp();
  ap["old/new"] = ap["paragon/paragon"] = SixTimes({0.5, 0.5, 0.5, 0.5, 0.5});
  const Result base = Stored("base.json", ap, report);
  const auto lines = Judge(base, base, {});
  EXPECT_EQ(VerdictOf(lines, "old/new", "map_hits"), "absent");
  EXPECT_EQ(VerdictOf(lines, "paragon/paragon", "map_hits"), "absent");
  EXPECT_EQ(VerdictOf(lines, "new/new", "minp"), "ok");
}

TEST_F(GateTest, WhatCannotBeComparedIsRefused) {
  const Result base = Stored("base.json", UpgradeAp());
  ScoreReport other = TestReport();
  other.scoring.distance = "euclidean";
  EXPECT_THAT(test::MessageOf([&] { Judge(base, Stored("r.json", UpgradeAp(), other), {}); }),
              HasSubstr("the distance differs: cosine and euclidean"));
  ApByCell fewer = UpgradeAp();
  fewer.erase("new/new");
  EXPECT_THAT(test::MessageOf([&] { Judge(base, Stored("r.json", fewer), {}); }),
              HasSubstr("no map_hits of cell new/new"));
}

TEST(Tolerance, ParsesNamesAsPeopleWriteThem) {
  GateOptions options;
  ParseTolerance("0.002", options);
  ParseTolerance("mAP=0.005", options);
  ParseTolerance("rank-1=0.01", options);
  ParseTolerance("nfr=0.02", options);
  ParseTolerance("end.nfr5=0.03", options);
  EXPECT_EQ(options.tolerance, 0.002);
  EXPECT_EQ(
      options.tolerances,
      (std::map<std::string, double>{
          {"map_hits", 0.005}, {"cmc1", 0.01}, {"deployment.nfr1", 0.02}, {"end.nfr5", 0.03}}));
  for (const char* bad : {"", "map=", "map=-0.1", "map=5", "map=0.1x", "=0.1", "mapp=0.1", "nan"}) {
    EXPECT_THROW(ParseTolerance(bad, options), Error) << bad;
  }
}

}  // namespace
}  // namespace bcr
