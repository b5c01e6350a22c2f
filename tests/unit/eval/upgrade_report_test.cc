#include "harness/eval/upgrade/upgrade_report.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/metrics/upgrade_scores.h"
#include "tests/unit/eval/upgrade_test_util.h"

namespace bcr {
namespace {

using eval_test::CellOfAp;
using eval_test::Names;

TEST(UpgradeScores, Example) {
  const CellMeans means{.55, .62, .7, .80};
  EXPECT_NEAR(Gain(means), .07, 1e-15);
  EXPECT_NEAR(*RelativeGain(means), .127272727, 1e-8);
  EXPECT_NEAR(*UpdateGain(means), .28, 1e-14);
  EXPECT_NEAR(*Tax(means), .1, 1e-15);
  EXPECT_NEAR(*RelativeTax(means), .125, 1e-15);
  EXPECT_NEAR(*UpperBoundFraction(means), .62 / .7, 1e-15);
}

TEST(UpgradeScores, UndefinedIsAbsentNeverClipped) {
  EXPECT_FALSE(UpdateGain({.8, .9, .9, .8}));
  EXPECT_FALSE(UpdateGain({.8, .9, .9, .7}));
  EXPECT_FALSE(UpdateGain({.8, .9, .9, {}}));
  EXPECT_FALSE(RelativeGain({0, .5, .5, {}}));
  EXPECT_FALSE(UpperBoundFraction({0, 0, 0, {}}));
  EXPECT_FALSE(PUp({.5, .5, .5, 0.0}));
  EXPECT_FALSE(POne({.5, .5, .5, .5}));
  EXPECT_EQ(*UpdateGain({.5, .25, .5, .75}), -1);
  EXPECT_EQ(*UpdateGain({.25, 1, .5, .5}), 3);
}

TEST(UpgradeScores, Anchors) {
  EXPECT_EQ(*PUp({.5, .5, .8, .8}), .5);                 // equals the paragon
  EXPECT_EQ(*PComp({.5, .5, .8, .8}), .5);               // no gain over old
  EXPECT_NEAR(*PComp({.5, .8, .8, .8}), .731059, 1e-6);  // reaches the paragon
}

// Published table of AdvBCT (Pan et al., CVPR 2023; README of its repository), mAP in percent: self
// and cross on RParis, ROxford and GLDv2. The paragon is the row `independent`. All P_up and P_comp
// cells of three blocks within 0.02; P_1 likewise but for one cell of theirs.
struct PublishedRow {
  const char* model;
  double self[3], cross[3];
  double p_up, p_comp, p_1;
};
struct PublishedBlock {
  double old_self[3], paragon[3];
  std::vector<PublishedRow> rows;
};

const std::vector<PublishedBlock> kPublished = {
    {{75.45, 49.15, 10.03},
     {81.15, 63.85, 16.48},
     {{"BCT", {80.58, 56.34, 14.61}, {77.37, 49.66, 11.30}, 48.02, 54.71, 51.13},
      {"LCE", {81.57, 60.85, 16.48}, {77.83, 51.35, 12.17}, 49.65, 57.41, 53.23},  // printed 53.34
      {"UniBCT", {80.93, 57.24, 16.06}, {78.30, 50.97, 13.25}, 48.90, 59.19, 53.52},
      {"hot-refresh", {79.57, 58.15, 13.88}, {76.53, 50.05, 10.35}, 47.78, 52.50, 50.03},
      {"AdvBCT", {82.78, 62.13, 15.71}, {78.55, 52.31, 11.49}, 49.55, 58.09, 53.45}}},
    {{74.29, 54.34, 11.43},
     {81.15, 63.85, 16.48},
     {{"BCT", {79.45, 58.94, 14.79}, {76.13, 53.43, 12.26}, 48.33, 52.79, 50.41},
      {"LCE", {81.26, 60.49, 16.07}, {76.78, 54.29, 12.04}, 49.37, 53.95, 51.51},
      {"UniBCT", {76.92, 59.07, 14.80}, {74.55, 57.82, 12.31}, 48.09, 54.78, 51.17},
      {"hot-refresh", {78.93, 60.31, 14.0}, {75.33, 51.68, 10.41}, 48.06, 47.26, 47.57},
      {"AdvBCT", {82.05, 64.51, 16.44}, {77.16, 54.82, 12.05}, 50.16, 54.87, 52.35}}},
    {{75.45, 49.15, 10.03},
     {87.66, 76.56, 22.12},
     {{"BCT", {85.54, 68.66, 19.11}, {78.95, 54.42, 12.78}, 47.81, 55.86, 51.52},
      {"LCE", {87.49, 75.16, 21.85}, {79.36, 57.18, 13.30}, 49.73, 57.31, 53.25},
      {"UniBCT", {84.37, 67.42, 21.57}, {78.91, 56.18, 13.42}, 48.48, 56.80, 52.31},
      {"hot-refresh", {86.78, 75.10, 20.61}, {78.81, 57.84, 12.41}, 49.19, 56.53, 52.60},
      {"AdvBCT", {86.79, 75.71, 20.77}, {79.08, 59.03, 12.75}, 49.31, 57.30, 53.01}}}};

TEST(UpgradeScores, PublishedTableOfAdvBct) {
  for (const PublishedBlock& block : kPublished) {
    for (const PublishedRow& row : block.rows) {
      std::vector<CellMeans> sets;
      for (int t = 0; t < 3; ++t) {
        sets.push_back({block.old_self[t] / 100, row.cross[t] / 100, row.self[t] / 100,
                        block.paragon[t] / 100});
      }
      const PScores scores = PScoresOver(sets);
      EXPECT_NEAR(*scores.p_up * 100, row.p_up, .02) << row.model;
      EXPECT_NEAR(*scores.p_comp * 100, row.p_comp, .02) << row.model;
      EXPECT_NEAR(*scores.p_1 * 100, row.p_1, .02) << row.model;
    }
  }
}

TEST(UpgradeScores, POneIsNoHarmonicMeanOfMeans) {
  const PublishedBlock& block = kPublished.front();
  std::vector<CellMeans> sets;
  for (int t = 0; t < 3; ++t) {
    sets.push_back(
        {block.old_self[t], block.rows[0].cross[t], block.rows[0].self[t], block.paragon[t]});
  }
  const PScores scores = PScoresOver(sets);
  EXPECT_NEAR(*scores.p_1, .5113, 5e-5);
  const auto harmonic = [](double a, double b) { return 2 * a * b / (a + b); };
  EXPECT_GT(harmonic(*scores.p_up, *scores.p_comp), *scores.p_1 + 1e-4);
  EXPECT_NEAR(harmonic(.4802, .5471), .5115, 5e-5);  // of the printed means: not what is printed
}

TEST(UpgradeScores, OneSetWithoutParagonLeavesAllAbsent) {
  const PScores scores = PScoresOver({{.5, .6, .7, .8}, {.5, .6, .7, {}}});
  EXPECT_FALSE(scores.p_up);
  EXPECT_EQ(scores.reason, "test set 2: no paragon was given");
  EXPECT_EQ(PScoresOver({}).reason, "no test set");
}

// Twelve queries of twelve identities whose APs average to the example of the scores.
class Report : public testing::Test {
 protected:
  static std::vector<double> Around(double mean) {
    std::vector<double> ap;
    for (int i = 0; i < 12; ++i) ap.push_back(mean + (i % 2 == 0 ? .05 : -.05));
    return ap;
  }

  const CellScores old_self_ = CellOfAp(Around(.55)), cross_ = CellOfAp(Around(.62)),
                   new_self_ = CellOfAp(Around(.70)), paragon_ = CellOfAp(Around(.80));
  const std::vector<std::string> names_ = Names(12, 12);
};

TEST_F(Report, AgreesWithTheScoresOfTheMeans) {
  const UpgradeReport report =
      ReportUpgrade({&old_self_, &cross_, &new_self_, nullptr, &paragon_}, names_, {});
  ASSERT_EQ(report.gains.size(), 4U);
  const UpgradeGains& map = report.gains[0];
  EXPECT_EQ(map.metric, "map_hits");
  EXPECT_EQ(report.queries, 12U);
  EXPECT_EQ(report.identities, 12U);
  EXPECT_NEAR(*map.old_self.value, .55, 1e-12);
  EXPECT_NEAR(*map["gain"].value, .07, 1e-12);
  EXPECT_NEAR(*map["relative_gain"].value, .07 / .55, 1e-12);
  EXPECT_NEAR(*map["update_gain"].value, .28, 1e-12);
  EXPECT_NEAR(*map["paragon_gain"].value, .25, 1e-12);
  EXPECT_NEAR(*map["tax"].value, .1, 1e-12);
  EXPECT_NEAR(*map["relative_tax"].value, .125, 1e-12);
  EXPECT_NEAR(*map["upper_bound_fraction"].value, .62 / .7, 1e-12);
  const CellMeans means{*map.old_self.value, *map.cross.value, *map.new_self.value,
                        *map.paragon_self.value};
  EXPECT_EQ(*map["p_up"].value, *PUp(means));
  EXPECT_EQ(*map["p_comp"].value, *PComp(means));
  EXPECT_EQ(*map["p_1"].value, *POne(means));
  for (const Estimate* estimate :
       {&map["relative_gain"], &map["update_gain"], &map["p_up"], &map["p_1"]}) {
    EXPECT_LE(*estimate->low, *estimate->value);
    EXPECT_GE(*estimate->high, *estimate->value);
  }
  // The gain is the same for every query, so its interval has no width; relative figures have one.
  EXPECT_NEAR(*map["gain"].high - *map["gain"].low, 0, 1e-12);
  EXPECT_GT(*map["relative_gain"].high - *map["relative_gain"].low, 1e-4);
  EXPECT_EQ(map.verdict, Verdict::kYes);
  EXPECT_EQ(report.verdict, Verdict::kYes);
  EXPECT_EQ(map.reverse.reason, "no old queries on the new gallery were given");
  EXPECT_EQ(report.at_deployment.flips.size(), 3U);
}

TEST_F(Report, SaysWhatNeedsAParagon) {
  const UpgradeReport report = ReportUpgrade({&old_self_, &cross_, &new_self_}, names_, {});
  const UpgradeGains& map = report.gains[0];
  for (const Estimate* estimate : {&map.paragon_self, &map["update_gain"], &map["paragon_gain"],
                                   &map["tax"], &map["p_up"], &map["p_comp"], &map["p_1"]}) {
    EXPECT_FALSE(estimate->value);
    EXPECT_EQ(estimate->reason, "no paragon was given");
  }
  EXPECT_TRUE(map["gain"].value);
}

TEST_F(Report, AParagonWithoutRoomLeavesTheUpdateGainAbsent) {
  const UpgradeReport report =
      ReportUpgrade({&old_self_, &cross_, &new_self_, nullptr, &old_self_}, names_, {});
  EXPECT_FALSE(report.gains[0]["update_gain"].value);
  EXPECT_EQ(report.gains[0]["update_gain"].reason, "the paragon does not beat the old model");
  EXPECT_TRUE(report.gains[0]["p_up"].value);
}

TEST_F(Report, TheOldModelAsTheNewOneGainsNothing) {
  const UpgradeReport report =
      ReportUpgrade({&old_self_, &old_self_, &old_self_, &old_self_, &paragon_}, names_, {});
  EXPECT_EQ(*report.gains[0]["gain"].value, 0);
  EXPECT_EQ(*report.gains[0]["gain"].low, 0);
  EXPECT_EQ(*report.gains[0]["gain"].high, 0);
  EXPECT_EQ(report.verdict, Verdict::kNo);  // the criterion is strict
  EXPECT_EQ(report.at_deployment.flips[0].negative, 0U);
  EXPECT_EQ(*report.gains[0]["reverse_gain"].value, 0);
}

TEST_F(Report, OneIdentityDecidesNothing) {
  const UpgradeReport report =
      ReportUpgrade({&old_self_, &cross_, &new_self_}, std::vector<std::string>(12, "one"), {});
  EXPECT_NEAR(*report.gains[0]["gain"].value, .07, 1e-12);
  EXPECT_FALSE(report.gains[0]["gain"].low);
  EXPECT_EQ(report.verdict, Verdict::kUndecided);
}

TEST_F(Report, CountsQueriesValidInEveryCell) {
  std::vector<double> ap = Around(.62);
  ap[0] = ap[5] = -1;
  const CellScores cross = CellOfAp(ap);
  const UpgradeReport report = ReportUpgrade({&old_self_, &cross, &new_self_}, names_, {});
  EXPECT_EQ(report.queries, 10U);
  EXPECT_NEAR(*report.gains[0]["gain"].value, .07, 1e-12);
}

TEST_F(Report, NeedsNoNewGalleryForWhatTheOldOneTells) {
  const UpgradeReport report =
      ReportUpgrade({&old_self_, &cross_, nullptr, nullptr, &paragon_}, names_, {});
  const UpgradeReport whole =
      ReportUpgrade({&old_self_, &cross_, &new_self_, nullptr, &paragon_}, names_, {});
  for (size_t m = 0; m < report.gains.size(); ++m) {
    const UpgradeGains &gains = report.gains[m], &same = whole.gains[m];
    EXPECT_EQ(gains["gain"].value, same["gain"].value) << gains.metric;
    EXPECT_EQ(gains["gain"].low, same["gain"].low) << gains.metric;
    EXPECT_EQ(gains["relative_gain"].value, same["relative_gain"].value) << gains.metric;
    EXPECT_EQ(gains["update_gain"].value, same["update_gain"].value) << gains.metric;
    EXPECT_EQ(gains["p_comp"].value, same["p_comp"].value) << gains.metric;
    for (const Estimate* absent : {&gains.new_self, &gains["upper_bound_fraction"], &gains["tax"],
                                   &gains["relative_tax"], &gains["p_up"], &gains["p_1"]}) {
      EXPECT_FALSE(absent->value) << gains.metric;
      EXPECT_EQ(absent->reason, "no new gallery was given") << gains.metric;
    }
  }
  EXPECT_NEAR(*report.gains[0]["update_gain"].value, 0.28, 1e-12);
  EXPECT_EQ(report.at_deployment.flips[0].negative, whole.at_deployment.flips[0].negative);
  EXPECT_EQ(report.at_end.flips.at(0).reason, "no new gallery was given");
  EXPECT_EQ(report.at_end.ap_drops.rate.reason, "no new gallery was given");
  EXPECT_EQ(ReportUpgrade({&old_self_, &cross_}, names_, {}).gains[0]["update_gain"].reason,
            "no paragon was given");
}

TEST_F(Report, Refuses) {
  EXPECT_THROW(ReportUpgrade({&old_self_, nullptr, &new_self_}, names_, {}), Error);
  EXPECT_THROW(ReportUpgrade({&old_self_, &cross_, &new_self_}, Names(11, 11), {}), Error);
}

}  // namespace
}  // namespace bcr
