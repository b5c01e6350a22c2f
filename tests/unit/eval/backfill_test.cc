#include "harness/eval/upgrade/backfill.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "harness/eval/upgrade/backfill_curve.h"
#include "tests/unit/core/catch_error.h"
#include "tests/unit/eval/upgrade_test_util.h"

namespace bcr {
namespace {

using eval_test::MakeIndex;
using eval_test::ScoreMatrices;
using eval_test::ToyUpgrade;

TEST(BackfillCurve, AreaByHand) {
  EXPECT_NEAR(TrapezoidArea({0, .25, .5, .75, 1}, {.50, .56, .62, .66, .70}), .61, 1e-15);
}

TEST(BackfillCurve, Figures) {
  BackfillCurve curve;
  int percent = 0;
  for (const double map : {.50, .46, .62, .60, .70}) {
    curve.points.push_back({.percent = percent, .map_hits = map});
    percent += 25;
  }
  SummariseCurve(.70, curve);
  EXPECT_EQ(curve.least, .46);
  EXPECT_EQ(curve.least_percent, 25);
  EXPECT_EQ(curve.falls, 2);
  EXPECT_NEAR(curve.largest_fall, .04, 1e-15);
  EXPECT_NEAR(curve.share_to_95, .75 + .25 * (.665 - .60) / .10, 1e-12);
  SummariseCurve(.5, curve);
  EXPECT_EQ(curve.share_to_95, 0);  // there from the start
}

TEST(BackfillCurve, CountsInIntegers) {
  // As doubles, 0.29 * 100 falls short of 29.
  EXPECT_EQ(ReplacedAt(29, 100), 29U);
  EXPECT_EQ(ReplacedAt(50, 7), 3U);
  EXPECT_EQ(ReplacedAt(0, 7), 0U);
  EXPECT_EQ(ReplacedAt(100, 15913), 15913U);
}

TEST(BackfillCurve, Orders) {
  const FeatureIndex gallery =
      MakeIndex({"a", "b", "a", "c", "b", "a"}, {"1", "1", "2", "2", "3", "1"});
  const auto order = [&](BackfillOrder kind, int shuffle) {
    return RowsInOrder(kind, gallery, 7, shuffle, {.1, .3, .2, .3, -1, 0});
  };
  for (const BackfillOrder kind :
       {BackfillOrder::kRandom, BackfillOrder::kIdentity, BackfillOrder::kCamera,
        BackfillOrder::kOracle, BackfillOrder::kUncertainty}) {
    std::vector<uint32_t> rows = order(kind, 0);
    EXPECT_EQ(rows, order(kind, 0));
    std::sort(rows.begin(), rows.end());
    EXPECT_EQ(rows, (std::vector<uint32_t>{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(ParseBackfillOrder(BackfillOrderName(kind)), kind);
  }
  EXPECT_EQ(order(BackfillOrder::kOracle, 0), (std::vector<uint32_t>{1, 3, 2, 0, 5, 4}));
  EXPECT_EQ(order(BackfillOrder::kUncertainty, 0), order(BackfillOrder::kOracle, 0));
  EXPECT_NE(order(BackfillOrder::kRandom, 0), order(BackfillOrder::kRandom, 1));
  // Blocks stay whole, in gallery order within.
  for (int s = 0; s < 8; ++s) {
    const std::vector<uint32_t> rows = order(BackfillOrder::kIdentity, s);
    const auto a = std::find(rows.begin(), rows.end(), 0U);
    ASSERT_LE(a + 3, rows.end());
    EXPECT_EQ(std::vector<uint32_t>(a, a + 3), (std::vector<uint32_t>{0, 2, 5}));
  }
  EXPECT_THROW(ParseBackfillOrder("randm"), Error);
}

TEST(BackfillCurve, RefusesOptionsWithoutSense) {
  BackfillOptions options;
  EXPECT_NO_THROW(CheckBackfillOptions(options));
  options.percent = {0, 50};
  EXPECT_THROW(CheckBackfillOptions(options), Error);
  options.percent = {0, 50, 50, 100};
  EXPECT_THROW(CheckBackfillOptions(options), Error);
  options.percent = {0, 100};
  options.shuffles = 0;
  EXPECT_THROW(CheckBackfillOptions(options), Error);
  options.shuffles = 1;
  options.scoring.policy = Policy::kCuhk03SingleShot;
  EXPECT_THROW(CheckBackfillOptions(options), Error);
}

class BackfillOf : public testing::Test {
 protected:
  BackfillOf() : toy_(eval_test::MakeToyUpgrade(3, 30, 12, 1.1, .5)) {
    options_.shuffles = 2;
    options_.percent = {0, 30, 100};
  }

  CellScores Cell(const FloatMatrix& query, const FloatMatrix& gallery) const {
    return ScoreMatrices(query, toy_.query, gallery, toy_.gallery, options_.scoring);
  }

  BackfillReport Run() const {
    const CellScores cross = Cell(toy_.new_query, toy_.old_gallery);
    const CellScores self = Cell(toy_.new_query, toy_.new_gallery);
    const CellScores old_self = Cell(toy_.old_query, toy_.old_gallery);
    return Backfill(*NewMatrixRows(toy_.new_query.view()), *NewMatrixRows(toy_.old_gallery.view()),
                    *NewMatrixRows(toy_.new_gallery.view()), toy_.query, toy_.gallery, cross, self,
                    &old_self, options_);
  }

  // The mixture scored as a gallery of its own.
  CellScores Mixed(BackfillOrder order, int shuffle, size_t replaced) const {
    const std::vector<uint32_t> rows = RowsInOrder(order, toy_.gallery, options_.seed, shuffle, {});
    FloatMatrix mixed = toy_.old_gallery;
    for (size_t i = 0; i < replaced; ++i) {
      std::copy_n(toy_.new_gallery.row(rows[i]), mixed.cols(), mixed.row(rows[i]));
    }
    return Cell(toy_.new_query, mixed);
  }

  const ToyUpgrade toy_;
  BackfillOptions options_;
};

TEST_F(BackfillOf, EndsAreTheCrossTestAndTheSelfTest) {
  const BackfillReport report = Run();
  const CellScores cross = Cell(toy_.new_query, toy_.old_gallery);
  const CellScores self = Cell(toy_.new_query, toy_.new_gallery);
  ASSERT_EQ(report.curves.size(), 4U);
  ASSERT_LT(cross.map_hits, self.map_hits);
  for (const BackfillCurve& curve : report.curves) {
    EXPECT_EQ(curve.points.front().map_hits, cross.map_hits);
    EXPECT_EQ(curve.points.back().map_hits, self.map_hits);
    EXPECT_NEAR(curve.points.back().cmc1, self.cmc[0], 1e-12);
    EXPECT_EQ(curve.points.front().old_in_gallery, 1);
    EXPECT_EQ(curve.points.front().old_in_top10, 1);
    EXPECT_EQ(curve.points.back().old_in_top10, 0);
    EXPECT_EQ(curve.points.front().map_deviation, 0);
    EXPECT_EQ(curve.shuffles, curve.order == BackfillOrder::kOracle ? 1 : 2);
  }
}

TEST_F(BackfillOf, MixturesEqualGalleriesScoredOnTheirOwn) {
  for (const Ties ties : {Ties::kByRow, Ties::kMean}) {
    options_.scoring.ties = ties;
    const BackfillReport report = Run();
    const size_t replaced = ReplacedAt(30, toy_.gallery.size());
    for (size_t c = 0; c < 3; ++c) {  // the oracle's gaps have a test of their own
      const BackfillCurve& curve = report.curves[c];
      const CellScores first = Mixed(curve.order, 0, replaced);
      const CellScores second = Mixed(curve.order, 1, replaced);
      EXPECT_EQ(curve.points[1].map_hits, (first.map_hits + second.map_hits) / 2);
      EXPECT_NEAR(curve.points[1].cmc1, (first.cmc[0] + second.cmc[0]) / 2, 1e-12);
      EXPECT_NEAR(curve.points[1].map_deviation,
                  std::fabs(first.map_hits - second.map_hits) / std::sqrt(2.0), 1e-12);
      EXPECT_EQ(curve.points[1].replaced, replaced);
    }
  }
}

TEST_F(BackfillOf, AreaIsTheTrapezoidAndHasAnInterval) {
  const BackfillReport report = Run();
  for (const BackfillCurve& curve : report.curves) {
    std::vector<double> places, values;
    for (const BackfillPoint& point : curve.points) {
      places.push_back(point.percent / 100.0);
      values.push_back(point.map_hits);
    }
    EXPECT_NEAR(*curve.area.value, TrapezoidArea(places, values), 1e-12);
    EXPECT_LT(*curve.area.low, *curve.area.value);
    EXPECT_GT(*curve.area.high, *curve.area.value);
  }
}

TEST_F(BackfillOf, TheOracleBeatsChance) {
  const BackfillReport report = Run();
  EXPECT_GT(report.curves[3].points[1].map_hits, report.curves[0].points[1].map_hits);
}

TEST_F(BackfillOf, FlipsAndPopulations) {
  const BackfillReport report = Run();
  const CellScores old_self = Cell(toy_.old_query, toy_.old_gallery);
  const CellScores cross = Cell(toy_.new_query, toy_.old_gallery);
  double broken = 0, matches = 0;
  for (size_t q = 0; q < cross.queries.size(); ++q) {
    if (!cross.queries[q].valid) continue;
    matches += cross.queries[q].matches;
    broken += HitWithin(old_self.queries[q], 1) > HitWithin(cross.queries[q], 1) ? 1 : 0;
  }
  EXPECT_NEAR(*report.curves[0].points[0].negative_flip_rate,
              broken / static_cast<double>(cross.valid_queries), 1e-12);
  EXPECT_EQ(report.old_matches.pairs, static_cast<uint64_t>(matches));
  EXPECT_EQ(report.new_matches.pairs, report.old_matches.pairs);
  EXPECT_GT(report.new_matches.mean, report.old_matches.mean);
  EXPECT_NEAR(report.new_others.mean, 0, .1);
  EXPECT_GT(report.new_others.deviation, .1);
}

TEST_F(BackfillOf, NoBitDependsOnBlocksOrThreads) {
  options_.scoring.threads = 1;
  const BackfillReport one = Run();
  options_.scoring.threads = 3;
  options_.scoring.block_mb = 1;
  const BackfillReport many = Run();
  for (size_t c = 0; c < one.curves.size(); ++c) {
    EXPECT_EQ(*one.curves[c].area.value, *many.curves[c].area.value);
    EXPECT_EQ(one.curves[c].points[1].map_hits, many.curves[c].points[1].map_hits);
    EXPECT_EQ(one.curves[c].points[1].old_in_top10, many.curves[c].points[1].old_in_top10);
  }
  EXPECT_EQ(one.new_others.deviation, many.new_others.deviation);
}

// New scores twice as large: new images crowd out old ones.
TEST_F(BackfillOf, ShowsScoresOfTwoScales) {
  options_.scoring.distance = Distance::kEuclidean;
  const CellScores cross = Cell(toy_.new_query, toy_.old_gallery);
  const CellScores self = Cell(toy_.new_query, toy_.new_gallery);
  const BackfillReport report =
      Backfill(*NewMatrixRows(toy_.new_query.view()), *NewMatrixRows(toy_.old_gallery.view()),
               *NewMatrixRows(toy_.new_gallery.view()), toy_.query, toy_.gallery, cross, self,
               nullptr, options_);
  const BackfillPoint& point = report.curves[0].points[1];
  EXPECT_NEAR(point.old_in_gallery, .7, .02);
  EXPECT_LT(point.old_in_top10, point.old_in_gallery - .1);
  EXPECT_FALSE(point.negative_flip_rate);
}

TEST_F(BackfillOf, RefusesUnequalWidths) {
  const FloatMatrix narrow(toy_.gallery.size(), 8);
  const CellScores self = Cell(toy_.new_query, toy_.new_gallery);
  const std::string message = test::MessageOf([&] {
    Backfill(*NewMatrixRows(toy_.new_query.view()), *NewMatrixRows(narrow.view()),
             *NewMatrixRows(toy_.new_gallery.view()), toy_.query, toy_.gallery, self, self, nullptr,
             options_);
  });
  EXPECT_NE(message.find("an old gallery of 8"), std::string::npos) << message;
  EXPECT_NE(message.find("Pad or truncate"), std::string::npos) << message;
}

TEST_F(BackfillOf, RefusesCellsOfOtherFeatures) {
  const CellScores self = Cell(toy_.new_query, toy_.new_gallery);
  const Error error = test::CatchError([&] {
    Backfill(*NewMatrixRows(toy_.new_query.view()), *NewMatrixRows(toy_.old_gallery.view()),
             *NewMatrixRows(toy_.new_gallery.view()), toy_.query, toy_.gallery, self, self, nullptr,
             options_);
  });
  EXPECT_EQ(error.code(), ErrorCode::kInternal);
}

}  // namespace
}  // namespace bcr
