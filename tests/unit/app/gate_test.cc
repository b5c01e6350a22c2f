#include "harness/app/compare/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/files.h"
#include "tests/unit/app/stored_report.h"
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
  slightly["new/old"][2] -= 0.01;  // 0.002 of mAP
  const Result run = Stored("run.json", slightly);
  EXPECT_EQ(VerdictOf(Judge(base, run, {}), "new/old", "map_hits"), "WORSE");
  EXPECT_EQ(VerdictOf(Judge(base, run, {}), "old/old", "map_hits"), "ok");
  EXPECT_EQ(
      VerdictOf(Judge(base, run, {.tolerances = {{"map_hits", 0.0021}}}), "new/old", "map_hits"),
      "ok");
  EXPECT_EQ(
      VerdictOf(Judge(base, run, {.tolerances = {{"map_hits", 0.0019}}}), "new/old", "map_hits"),
      "WORSE");
  // Of three identities one lost: resamples without it are common.
  EXPECT_EQ(VerdictOf(Judge(base, run, {.significant = true}), "new/old", "map_hits"), "ok");
}

TEST_F(GateTest, SignificantLossFailsAndGainsAreBetterOnlyBeyondChance) {
  ApByCell worse = UpgradeAp(), better = UpgradeAp(), chance = UpgradeAp();
  for (size_t i = 0; i < 5; ++i) {
    worse["new/old"][i] -= 0.05;
    better["new/old"][i] += 0.05;
  }
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
  ap["old/new"] = ap["paragon/paragon"] = {0.5, 0.5, 0.5, 0.5, 0.5, 0};
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
