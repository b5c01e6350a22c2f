#include "harness/compare/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/compare/gate_reports.h"
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
  static GateReport Judge(const Result& a, const Result& b, const GateOptions& options) {
    return JudgeGate(a, b, Compare(a, b, {}), options);
  }
  static const GateLine* Find(const GateReport& report, const std::string& cell,
                              const std::string& figure) {
    for (const std::vector<GateLine>* lines : {&report.judged, &report.shown}) {
      for (const GateLine& line : *lines) {
        if (line.cell == cell && line.figure == figure) return &line;
      }
    }
    return nullptr;
  }
  // "shown" for a figure that is not judged.
  static std::string VerdictOf(const GateReport& report, const std::string& cell,
                               const std::string& figure) {
    const GateLine* line = Find(report, cell, figure);
    if (line == nullptr) return "absent";
    return line->verdict.empty() ? "shown" : line->verdict;
  }
  TemporaryFolder folder_;
};

TEST_F(GateTest, TheSameAgainPasses) {
  const Result base = Stored("base.json", UpgradeAp());
  for (const bool by_value : {false, true}) {
    const GateReport report = Judge(base, Stored("same.json", UpgradeAp()), {.by_value = by_value});
    for (const GateLine& line : report.judged) {
      EXPECT_EQ(line.verdict, "ok") << line.cell << " " << line.figure;
      EXPECT_EQ(line.p_value.has_value(), !by_value);
      EXPECT_FALSE(line.shown_from);
    }
    EXPECT_TRUE(report.Passed());
  }
}

TEST_F(GateTest, JudgesTheFewFiguresThatDecisionsRestOn) {
  const Result base = Stored("base.json", UpgradeAp());
  const GateReport report = Judge(base, base, {});
  std::vector<std::string> judged;
  for (const GateLine& line : report.judged) judged.push_back(line.cell + " " + line.figure);
  EXPECT_THAT(judged, ::testing::UnorderedElementsAre(
                          "old/old map_hits", "old/old cmc1", "new/new map_hits", "new/new cmc1",
                          "new/old map_hits", "new/old cmc1", " gain", " deployment.nfr1"));
  EXPECT_EQ(VerdictOf(report, "new/old", "minp"), "shown");
}

TEST_F(GateTest, ByValueAnyLossIsWorse) {
  const Result base = Stored("base.json", UpgradeAp());
  ApByCell slightly = UpgradeAp();
  slightly["new/old"][2] -= 0.06;  // 0.002 of mAP
  const Result run = Stored("run.json", slightly);
  const auto verdict = [&](const GateOptions& options, const char* cell) {
    return VerdictOf(Judge(base, run, options), cell, "map_hits");
  };
  EXPECT_EQ(verdict({.by_value = true}, "new/old"), "WORSE");
  EXPECT_EQ(verdict({.by_value = true}, "old/old"), "ok");
  EXPECT_EQ(verdict({.tolerances = {{"map_hits", 0.0021}}, .by_value = true}, "new/old"), "ok");
  EXPECT_EQ(verdict({.tolerances = {{"map_hits", 0.0019}}, .by_value = true}, "new/old"), "WORSE");
  // Of thirty identities one lost: that decides nothing.
  EXPECT_EQ(verdict({}, "new/old"), "ok");
}

TEST_F(GateTest, ALossBeyondChanceFailsAndGainsAreBetterOnlyBeyondChance) {
  ApByCell worse = UpgradeAp(), better = UpgradeAp(), chance = UpgradeAp();
  Shift(worse["new/old"], -0.05);
  Shift(better["new/old"], 0.05);
  chance["new/old"][0] += 0.01;
  const Result base = Stored("base.json", UpgradeAp());
  const auto verdict = [&](const char* name, const ApByCell& ap, const GateOptions& options) {
    return VerdictOf(Judge(base, Stored(name, ap), options), "new/old", "map_hits");
  };
  EXPECT_EQ(verdict("worse.json", worse, {}), "WORSE");
  EXPECT_EQ(verdict("worse.json", worse, {.tolerance = 0.04}), "WORSE");
  EXPECT_EQ(verdict("worse.json", worse, {.tolerance = 0.1}), "ok");
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
    return Judge(base, Stored(name, ap, Chain(ap, 1)),
                 {.tolerances = {{"matrix.am", 0}, {"matrix.bc", 0}, {"matrix.fc", 0}}});
  };
  EXPECT_EQ(VerdictOf(Judge(base, base, {}), "", "matrix.am"), "shown");
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

TEST_F(GateTest, WhatHasNoTestIsJudgedByItsValueWhereItIsNamed) {
  ScoreReport before = Chain(UpgradeAp(), 1), after = Chain(UpgradeAp(), 0);
  before.compatibility = after.compatibility = TestReport().compatibility;
  before.compatibility->values["backfill.random.area"] = {0.70, std::nullopt, std::nullopt, 5};
  after.compatibility->values["backfill.random.area"] = {0.65, std::nullopt, std::nullopt, 5};
  const Result base = Stored("base.json", UpgradeAp(), before);
  const Result run = Stored("run.json", UpgradeAp(), after);
  for (const char* figure : {"matrix.ac", "backfill.random.area"}) {
    EXPECT_EQ(VerdictOf(Judge(base, run, {}), "", figure), "shown") << figure;
    const GateReport report = Judge(base, run, {.tolerances = {{figure, 0.04}}});
    EXPECT_EQ(VerdictOf(report, "", figure), "WORSE") << figure;
    EXPECT_FALSE(Find(report, "", figure)->p_value) << figure;
    EXPECT_THAT(ChangeOf(*Find(report, "", figure)), HasSubstr("judged by its value"));
    EXPECT_EQ(VerdictOf(Judge(base, base, {.tolerances = {{figure, 0.0}}}), "", figure), "ok");
  }
  EXPECT_EQ(VerdictOf(Judge(base, run, {.tolerances = {{"backfill.random.area", 0.06}}}), "",
                      "backfill.random.area"),
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
  const GateReport report = Judge(stored("a.json", 0.9), stored("b.json", 0.6), {});
  EXPECT_EQ(VerdictOf(report, "new/new", "map_hits"), "WORSE");
  EXPECT_FALSE(Find(report, "new/new", "map_hits")->p_value);
}

TEST_F(GateTest, WithoutPerQueryFilesThereIsAWayOutInTheMessage) {
  const auto stored = [&](const char* name, double ap) {
    ScoreReport report = TestReport();
    report.cells = {CellFromRows("new", "new", TestRows({ap, ap, 0}))};
    report.compatibility.reset();
    const std::string path = JoinPath(folder_.path(), name);
    StoreResult(path, ScoreReportJson(report), {});
    return ReadResult(path);
  };
  const Result base = stored("a.json", 0.9), run = stored("b.json", 0.6);
  EXPECT_THAT(test::MessageOf([&] { Judge(base, run, {}); }), HasSubstr("--by-value"));
  EXPECT_EQ(VerdictOf(Judge(base, run, {.by_value = true}), "new/new", "map_hits"), "WORSE");
}

// The report's verdict is set by hand: the figures decide whether its fall could be chance.
TEST_F(GateTest, AVerdictThatFallsToNoFailsUnlessTheGainsFallCouldBeChance) {
  const auto stored = [&](const char* name, const ApByCell& ap, const char* verdict) {
    ScoreReport report = TestReport();
    report.compatibility->verdict = verdict;
    return Stored(name, ap, report);
  };
  ApByCell worse = UpgradeAp(), chance = UpgradeAp();
  Shift(worse["new/old"], -0.05);
  chance["new/old"][2] -= 0.01;
  const Result base = stored("base.json", UpgradeAp(), "yes");
  const auto passes = [&](const char* name, const ApByCell& ap, const char* verdict,
                          const GateOptions& options) {
    return Judge(base, stored(name, ap, verdict), options).checks.at(0).passed;
  };
  EXPECT_FALSE(passes("a.json", worse, "no", {}));
  EXPECT_FALSE(passes("b.json", worse, "no", {.tolerance = 0.1})) << "whatever the tolerance";
  EXPECT_TRUE(passes("c.json", worse, "undecided", {}));
  EXPECT_TRUE(passes("d.json", chance, "no", {}));
  EXPECT_FALSE(passes("e.json", chance, "no", {.by_value = true}));
  const Result no = stored("no.json", worse, "no");
  EXPECT_TRUE(JudgeGate(no, no, Compare(no, no, {}), {}).Passed()) << "it was no before";
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
  EXPECT_EQ(VerdictOf(Judge(base, run, {.by_value = true}), "new/new", "map_trapezoid"), "absent");
  const GateOptions named{.tolerances = {{"map_trapezoid", 0.01}}, .by_value = true};
  EXPECT_EQ(VerdictOf(Judge(base, run, named), "new/new", "map_trapezoid"), "WORSE");
}

TEST_F(GateTest, MoreFlipsAreWorse) {
  ApByCell one = UpgradeAp(), many = UpgradeAp();
  one["new/old"][2] = 0.45;  // right in old/old, wrong now
  for (size_t i = 2; i < 30; i += 5) many["new/old"][i] = 0.45;
  const Result base = Stored("base.json", UpgradeAp());
  const Result few = Stored("one.json", one), several = Stored("many.json", many);
  EXPECT_EQ(VerdictOf(Judge(base, few, {}), "", "deployment.nfr1"), "ok") << "one may be chance";
  EXPECT_EQ(VerdictOf(Judge(base, few, {.by_value = true}), "", "deployment.nfr1"), "WORSE");
  EXPECT_EQ(VerdictOf(Judge(base, several, {}), "", "deployment.nfr1"), "WORSE");
  EXPECT_EQ(VerdictOf(Judge(base, few, {}), "", "deployment.pfr1"), "absent")
      << "only where a tolerance asks";
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
  EXPECT_EQ(VerdictOf(lines, "new/new", "cmc1"), "ok");
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
