#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/judge/graph.h"
#include "harness/judge/search.h"
#include "tests/unit/core/catch_error.h"
#include "tests/unit/judge/toy_graph.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Judged once for all tests.
const Judgement& Judged() {
  static const Judgement judgement = [] {
    GraphRequest request = Toy().Upgrade();
    request.asked = {
        .pairs = true, .backfill = true, .slices = true, .thresholds = true, .search = ""};
    return JudgeGraph(request);
  }();
  return judgement;
}

const CellScores& Scores(const char* query, const char* gallery) {
  return FindScored(Judged().cells, {query, gallery})->scores;
}

TEST(ThresholdSection, SpeaksOfEveryCellAndOfTheUpgrade) {
  const ThresholdFigures& figures = Judged().sections.thresholds.value();
  ASSERT_EQ(figures.cells.size(), Judged().cells.size());
  for (size_t c = 0; c < figures.cells.size(); ++c) {
    const ThresholdFigures::Cell& cell = figures.cells[c];
    EXPECT_EQ(cell.query_model, Judged().cells[c].record.query_model);
    EXPECT_EQ(cell.gallery_model, Judged().cells[c].record.gallery_model);
    EXPECT_GT(cell.genuine, 0);
    EXPECT_GT(cell.impostors, cell.genuine);
    EXPECT_GT(cell.equal_error_rate, 0);
    EXPECT_LT(cell.equal_error_rate, 0.5);
    int64_t genuine = 0, impostors = 0;
    for (const int64_t count : cell.histogram.genuine) genuine += count;
    for (const int64_t count : cell.histogram.impostors) impostors += count;
    EXPECT_EQ(genuine, cell.genuine);
    EXPECT_EQ(impostors, cell.impostors);
    ASSERT_FALSE(cell.pairs.empty());
    for (const auto& point : cell.pairs) {
      EXPECT_LE(point.at.far, point.wanted);
      EXPECT_GE(point.wanted * static_cast<double>(cell.impostors), 10) << "too few pairs to tell";
    }
  }
  ASSERT_FALSE(figures.pair_transfers.empty());
  for (const auto& transfer : figures.pair_transfers) {
    EXPECT_EQ(transfer.before.threshold, transfer.after.threshold);
    EXPECT_LE(transfer.before.far, transfer.wanted);
    EXPECT_LE(transfer.kept.far, transfer.wanted);
  }
}

// A cell that a store kept has no counts: they are made anew, to the same figures.
TEST(ThresholdSection, CountsAnewWhatWasNotCountedWhileScoring) {
  GraphRequest request = Toy().Upgrade();
  const Judgement plain = JudgeGraph(request);
  EXPECT_FALSE(plain.sections.thresholds);
  Judgement again;
  again.cells = plain.cells;
  request.asked.thresholds = true;
  JudgeCells(request, again);
  const ThresholdFigures& before = Judged().sections.thresholds.value();
  const ThresholdFigures& after = again.sections.thresholds.value();
  ASSERT_EQ(after.cells.size(), before.cells.size());
  for (size_t c = 0; c < after.cells.size(); ++c) {
    EXPECT_EQ(after.cells[c].equal_error_rate, before.cells[c].equal_error_rate);
    EXPECT_EQ(after.cells[c].histogram.impostors, before.cells[c].histogram.impostors);
  }
}

TEST(BackfillSection, RunsFromTheCrossTestToTheSelfTest) {
  const BackfillCurves& backfill = Judged().sections.backfill.value();
  std::vector<std::string> orders;
  for (const BackfillCurves::Curve& curve : backfill.curves) {
    orders.push_back(curve.order);
    ASSERT_EQ(curve.points.size(), 11U);
    EXPECT_EQ(curve.points.front().map_hits, Scores("new", "old").map_hits);
    EXPECT_EQ(curve.points.back().map_hits, Scores("new", "new").map_hits);
    EXPECT_EQ(curve.points[1].share, 0.1);
    EXPECT_EQ(curve.points.back().replaced, 120);
    EXPECT_TRUE(curve.points[5].nfr1);
    EXPECT_EQ(Judged().compatibility->values.at("backfill." + curve.order + ".area").value,
              curve.area.value);
  }
  EXPECT_THAT(orders, ElementsAre("random", "identity", "camera", "oracle"));
  EXPECT_GT(backfill.new_matches.mean, backfill.new_others.mean);
  EXPECT_EQ(backfill.old_matches.pairs, backfill.new_matches.pairs);
}

// Two indices: the ends are the cells themselves, the new one in its full width.
TEST(BackfillSection, MergesGalleriesOfTwoWidths) {
  const auto wide = eval_test::MakeToyUpgrade(3, 24, 14, 1.3, 0.7);
  GraphRequest request = Toy().Upgrade();
  request.models[1] = Toy().Model("new", wide.new_query, wide.new_gallery);
  request.options.widths.name = "truncate";
  request.asked.backfill = true;
  const Judgement judged = JudgeGraph(request);
  const BackfillCurves& backfill = judged.sections.backfill.value();
  EXPECT_EQ(backfill.old_width, 12);
  EXPECT_EQ(backfill.new_width, 14);
  const auto map_of = [&](const char* gallery) {
    return FindScored(judged.cells, {"new", gallery})->scores.map_hits;
  };
  for (const BackfillCurves::Curve& curve : backfill.curves) {
    EXPECT_EQ(curve.points.front().map_hits, map_of("old"));
    EXPECT_EQ(curve.points.back().map_hits, map_of("new"));
  }
  EXPECT_EQ(Judged().sections.backfill->old_width, 0) << "one width is not told";
}

TEST(SliceSection, CoversEveryCellAndEveryQuery) {
  const SliceTable& slices = Judged().sections.slices.value();
  ASSERT_EQ(slices.cells.size(), 5U);
  const SliceTable::Cell& cross = slices.cells[2];
  EXPECT_EQ(cross.query_model + "/" + cross.gallery_model, "new/old");
  int64_t queries = 0, valid = 0;
  double sum = 0;
  for (const SliceTable::Identity& slice : cross.identities) {
    queries += slice.slice.queries;
    valid += slice.slice.valid_queries;
    sum += slice.slice.map_hits.value.value_or(0) * static_cast<double>(slice.slice.valid_queries);
    EXPECT_EQ(slice.slice.map_hits.value.has_value(), slice.slice.map_hits.reason.empty());
  }
  EXPECT_EQ(queries, 48);
  EXPECT_EQ(valid, static_cast<int64_t>(Scores("new", "old").valid_queries));
  EXPECT_NEAR(sum / static_cast<double>(valid), Scores("new", "old").map_hits, 1e-12);
  EXPECT_EQ(cross.camera_pairs.size(), 16U);
  EXPECT_EQ(cross.camera_pairs[0].slice.map_hits.reason, "no query has a match")
      << "pairs of one camera";
}

TEST(PairSection, CountsAreFiguresOfTheUpgrade) {
  const PairFigures& pairs = Judged().sections.pair_criterion.value();
  EXPECT_GT(pairs.same.pairs, 0);
  EXPECT_GT(pairs.different.pairs, pairs.same.pairs);
  EXPECT_EQ(*pairs.same.share,
            static_cast<double>(pairs.same.satisfied) / static_cast<double>(pairs.same.pairs));
  EXPECT_EQ(Judged().compatibility->values.at("pairs.same").value, *pairs.same.share);
  EXPECT_EQ(Judged().compatibility->values.at("pairs.different").n, pairs.different.pairs);
}

// A flat index finds everything: what is left is the cost of nothing.
TEST(SearchSection, AFlatIndexCostsNothing) {
  GraphRequest request = Toy().Upgrade();
  request.asked.search = "Flat";
  try {
    RequireSearch();
  } catch (const Error& error) {
    EXPECT_THAT(test::MessageOf([&] { JudgeGraph(request); }), HasSubstr("BCR_WITH_SEARCH"));
    GTEST_SKIP() << error.what();
  }
  const Judgement judgement = JudgeGraph(request);
  const SearchFigures& search = judgement.sections.search.value();
  EXPECT_EQ(search.index, "Flat");
  EXPECT_EQ(search.k, 100);
  ASSERT_EQ(search.cells.size(), 5U);
  for (const SearchFigures::Cell& cell : search.cells) {
    EXPECT_EQ(cell.recall_at_1, 1);
    EXPECT_EQ(cell.approximate.cmc1, cell.exact.cmc1);
    EXPECT_EQ(cell.approximate.map_hits, cell.truncated.map_hits);
  }
  EXPECT_EQ(search.compatibility->exact.verdict, "yes");
  EXPECT_NEAR(search.compatibility->exact.gain, judgement.compatibility->gain.value, 1e-12);
}

}  // namespace
}  // namespace bcr
