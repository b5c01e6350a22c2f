#include "harness/compare/gate_reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace bcr {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Estimate Difference(double value, double low, double high) {
  Estimate estimate;
  estimate.value = value;
  estimate.low = low;
  estimate.high = high;
  return estimate;
}

GateReport Failed() {
  GateReport report;
  report.baseline = "base.json";
  report.run = "run.json";
  report.judged = {
      {"new/old", "map_hits", 0.35, 0.31, 0.005, "WORSE", Difference(-0.04, -0.05, -0.03), 0.0004,
       0.021},
      {"new/new", "map_hits", 0.60, 0.61, 0, "better", Difference(0.01, 0.005, 0.015), 1.0, 0.012},
      {"", "backfill.random.area", 0.7, 0.7, 0, "ok", {}, {}, {}}};
  report.shown = {{"new/old", "cmc5", 0.5, 0.49, 0, "", Difference(-0.01, -0.03, 0.01), {}, {}}};
  report.checks = {{"verdict", false, "compatible: yes in the baseline, no now"}};
  return report;
}

GateReport Passing() {
  GateReport report = Failed();
  report.judged[0].verdict = "ok";
  report.judged[0].p_value = 0.4;
  report.checks[0] = {"verdict", true, "compatible: yes in the baseline, yes now"};
  return report;
}

TEST(GateReports, PassesOnlyWhereNothingFails) {
  EXPECT_TRUE(Passing().Passed());
  EXPECT_FALSE(Failed().Passed());
  GateReport check = Passing();
  check.checks[0].passed = false;
  EXPECT_FALSE(check.Passed());
  EXPECT_EQ(OutcomeOf(check), "gate: FAILED");
  EXPECT_EQ(OutcomeOf(Failed()), "gate: FAILED: 1 of 3 figures got worse");
  EXPECT_EQ(OutcomeOf(Passing()), "gate: passed");
}

TEST(GateReports, TextShowsFiguresChecksAndWhatTheSetCouldShow) {
  EXPECT_EQ(
      GateText(Failed()),
      R"(verdict  cell     figure                baseline    run  change [95 % interval]       p  tolerance  shown from
WORSE    new/old  mAP                      35.00  31.00    -4.00 [-5.00, -3.00]  <0.001       0.50        2.10
better   new/new  mAP                      60.00  61.00    +1.00 [+0.50, +1.50]   1.000       0.00        1.20
ok       upgrade  backfill.random.area     70.00  70.00                   +0.00       -       0.00           -
-        new/old  rank-5                   50.00  49.00    -1.00 [-3.00, +1.00]       -          -           -
- is shown and not judged; --tolerance NAME=FRACTION judges it.
WORSE  compatible: yes in the baseline, no now
A true fall of new/old mAP by 2.10 points or more shows on this test set four times in five; a
smaller one may pass unseen.
)");
}

// The models of an upgrade may have names of their own.
TEST(GateReports, SpeaksFirstOfTheUpgradesOwnCrossTest) {
  GateReport report = Passing();
  std::swap(report.judged[0], report.judged[1]);
  report.cross = "v2/v1";
  report.judged[1].cell = "v2/v1";
  EXPECT_THAT(SensitivityOf(report), HasSubstr("A true fall of v2/v1 mAP by 2.10 points"));
}

TEST(GateReports, SaysWhyItCannotTellHowSmallAFallWouldShow) {
  GateReport report = Passing();
  for (GateLine& line : report.judged) line.shown_from.reset();
  EXPECT_THAT(SensitivityOf(report), HasSubstr("Too few people differ"));
  for (GateLine& line : report.judged) line.run = line.baseline;
  EXPECT_THAT(SensitivityOf(report), HasSubstr("No judged figure differs"));
  report.options.by_value = true;
  EXPECT_EQ(SensitivityOf(report), "");
}

TEST(GateReports, FiguresOfWhichLessIsBetterRise) {
  GateReport report = Passing();
  report.judged = {
      {"", "deployment.nfr1", 0.10, 0.14, 0, "WORSE", Difference(0.04, 0.01, 0.07), 0.01, 0.03}};
  EXPECT_THAT(SensitivityOf(report), HasSubstr("A true rise of negative flips by 3.00 points"));
  EXPECT_EQ(ChangeOf(report.judged[0]),
            "rose from 10.00 to 14.00 (+4.00 [+1.00, +7.00], p 0.010, tolerance 0.00)");
}

TEST(GateReports, JsonHoldsWhatTheTextSays) {
  const Json json = GateJson(Failed());
  EXPECT_EQ(json["kind"], "gate-report");
  EXPECT_EQ(json["passed"], false);
  EXPECT_EQ(json["judged"].size(), 3U);
  EXPECT_EQ(json["judged"][0]["p_value"], 0.0004);
  EXPECT_EQ(json["judged"][0]["difference"]["low"], -0.05);
  EXPECT_FALSE(json["judged"][2].contains("p_value"));
  EXPECT_FALSE(json["judged"][2].contains("cell"));
  EXPECT_FALSE(json["shown"][0].contains("verdict"));
  EXPECT_EQ(json["checks"][0]["passed"], false);
  GateReport alone;
  alone.run = "run.json";
  EXPECT_FALSE(GateJson(alone).contains("baseline"));
}

TEST(GateReports, JunitHasACaseForEachFigureAndCheck) {
  const std::string text = GateJunit(Failed());
  EXPECT_THAT(text, HasSubstr("<testsuites tests=\"4\" failures=\"2\" errors=\"0\">"));
  EXPECT_THAT(text, HasSubstr("<testcase classname=\"bcreid.gate.new/new\" name=\"mAP\"/>"));
  EXPECT_THAT(text, HasSubstr("<failure message=\"new/old mAP fell from 35.00 to 31.00"));
  EXPECT_THAT(text, HasSubstr("<failure message=\"compatible: yes in the baseline, no now\"/>"));
  EXPECT_THAT(GateJunit(Passing()), HasSubstr("tests=\"4\" failures=\"0\""));
}

TEST(GateReports, AnnotationsNameWhatFails) {
  EXPECT_THAT(GateAnnotations(Failed()),
              HasSubstr("::error title=bcreid gate::new/old mAP fell from 35.00 to 31.00"));
  EXPECT_THAT(GateAnnotations(Failed()), HasSubstr("[-5.00, -3.00], p <0.001, tolerance 0.50)\n"));
  EXPECT_THAT(GateAnnotations(Failed()), Not(HasSubstr("notice")));
  EXPECT_THAT(GateAnnotations(Passing()),
              HasSubstr("::notice title=bcreid gate::gate: passed. A true fall of new/old mAP"));
}

// Names of models come from the user, and each form has marks of its own.
TEST(GateReports, NamesCannotBreakOutOfAForm) {
  GateReport report = Failed();
  report.judged[0].cell = "a\"<b>|*%\n::error::c/old";
  report.checks[0].says = "x]]><script>";
  EXPECT_THAT(GateMarkdown(report), HasSubstr("a\"\\<b\\>\\|\\*% ::error::c/old"));
  const std::string junit = GateJunit(report);
  EXPECT_THAT(junit, HasSubstr("a&quot;&lt;b&gt;|*% ::error::c/old"));
  EXPECT_THAT(junit, HasSubstr("x]]&gt;&lt;script&gt;"));
  EXPECT_THAT(GateAnnotations(report), HasSubstr("a\"<b>|*%25%0A::error::c/old mAP"));
}

TEST(GateReports, MarkdownFoldsWhatIsNotJudged) {
  const std::string text = GateMarkdown(Failed());
  EXPECT_THAT(text, HasSubstr("## Upgrade gate: **failed**"));
  EXPECT_THAT(text, HasSubstr("| WORSE | new/old | mAP | 35.00 | 31.00 |"));
  EXPECT_THAT(text, HasSubstr("- **failed**: compatible: yes in the baseline, no now"));
  EXPECT_THAT(text, HasSubstr("<details><summary>Not judged</summary>"));
  EXPECT_THAT(GateMarkdown(Passing()), HasSubstr("## Upgrade gate: passed"));
}

}  // namespace
}  // namespace bcr
