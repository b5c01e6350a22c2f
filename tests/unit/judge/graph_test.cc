#include "harness/judge/graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/eval/block_source.h"
#include "harness/judge/upgrade.h"
#include "tests/unit/core/catch_error.h"
#include "tests/unit/judge/toy_graph.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

double Map(const Judgement& judgement, const std::string& query, const std::string& gallery) {
  const ScoredCell* cell = FindScored(judgement.cells, {query, gallery});
  return cell == nullptr ? -1 : cell->scores.map_hits;
}

std::vector<std::string> Texts(const std::vector<CellName>& cells) {
  std::vector<std::string> texts;
  for (const CellName& cell : cells) texts.push_back(cell.Text());
  return texts;
}

TEST(PlannedCells, AChainIsATriangleAndAnUpgradeHasItsReverse) {
  EXPECT_THAT(Texts(Toy().Chain().cells),
              ElementsAre("v1/v1", "v2/v2", "v2/v1", "v3/v3", "v3/v2", "v3/v1"));
  EXPECT_THAT(Texts(Toy().Upgrade().cells),
              ElementsAre("old/old", "new/new", "new/old", "old/new", "paragon/paragon"));
  std::vector<ModelRows> early = Toy().Upgrade().models;
  early[1].gallery.reset();
  early.pop_back();
  EXPECT_THAT(Texts(PlannedCells(early, false)), ElementsAre("old/old", "new/old"));
}

TEST(JudgeGraph, CellsAreScoredInTheOrderAskedForAndDescribed) {
  const GraphRequest request = Toy().Chain();
  const Judgement judgement = JudgeGraph(request);
  ASSERT_EQ(judgement.cells.size(), 6U);
  for (size_t i = 0; i < 6; ++i) {
    const CellRecord& record = judgement.cells[i].record;
    EXPECT_EQ(record.query_model + "/" + record.gallery_model, request.cells[i].Text());
    EXPECT_EQ(record.status, "ok");
    EXPECT_EQ(record.metrics.at("cmc1").value, record.cmc[0]);
    EXPECT_NEAR(record.metrics.at("map_hits").value, judgement.cells[i].scores.map_hits, 1e-12);
    EXPECT_EQ(record.per_query->file, judgement.cells[i].queries.file);
    EXPECT_EQ(record.valid_queries + record.invalid_queries, 48);
  }
  const CellScores direct =
      eval_test::ScoreMatrices(Toy().first.new_query, Toy().first.query, Toy().first.old_gallery,
                               Toy().first.gallery, request.options.scoring);
  EXPECT_EQ(Map(judgement, "v2", "v1"), direct.map_hits);
  EXPECT_FALSE(judgement.compatibility) << "a chain has no old and new";
}

TEST(JudgeGraph, TheMatrixOfAChainIsThatOfItsCells) {
  const Judgement judgement = JudgeGraph(Toy().Chain());
  const MatrixFigures& matrix = judgement.sections.matrix.value();
  EXPECT_THAT(matrix.models, ElementsAre("v1", "v2", "v3"));
  const auto m = [&](int t, int k) {
    return Map(judgement, "v" + std::to_string(t), "v" + std::to_string(k));
  };
  double sum = 0, gains = 0;
  for (int t = 1; t <= 3; ++t) {
    for (int k = 1; k <= t; ++k) {
      EXPECT_EQ(matrix.map_hits[t - 1][k - 1], m(t, k));
      sum += m(t, k);
      gains += k < t && m(t, k) > m(k, k) ? 1 : 0;
    }
  }
  EXPECT_NEAR(matrix.values.at("am").value, sum / 6, 1e-12);
  EXPECT_NEAR(matrix.values.at("ac").value, gains / 3, 1e-12);
  EXPECT_NEAR(matrix.values.at("bc").value, (m(3, 1) - m(1, 1) + m(3, 2) - m(2, 2)) / 2, 1e-12);
  EXPECT_NEAR(matrix.values.at("fc").value, (m(2, 1) - m(2, 2) + m(3, 2) - m(3, 3)) / 2, 1e-12);
  EXPECT_TRUE(matrix.values.at("am").low);
  EXPECT_TRUE(matrix.reasons.empty());
}

TEST(JudgeGraph, AChainMayHaveAnUpgradeAndAParagonBesideIt) {
  GraphRequest request = Toy().Chain();
  request.upgrade = UpgradeNames{"v1", "v3", "v2"};
  const Judgement judgement = JudgeGraph(request);
  ASSERT_TRUE(judgement.compatibility);
  EXPECT_NEAR(judgement.compatibility->gain.value,
              Map(judgement, "v3", "v1") - Map(judgement, "v1", "v1"), 1e-12);
  EXPECT_NEAR(*judgement.compatibility->update_gain,
              judgement.compatibility->gain.value /
                  (Map(judgement, "v2", "v2") - Map(judgement, "v1", "v1")),
              1e-12);
  EXPECT_TRUE(judgement.sections.matrix);
}

TEST(JudgeGraph, TheGainIsTheDifferenceOfTheCells) {
  const Judgement whole = JudgeGraph(Toy().Upgrade());
  const CompatibilityRecord& record = *whole.compatibility;
  EXPECT_EQ(record.verdict, "yes");
  const double gain = Map(whole, "new", "old") - Map(whole, "old", "old");
  EXPECT_NEAR(record.gain.value, gain, 1e-12);
  EXPECT_NEAR(*record.update_gain,
              gain / (Map(whole, "paragon", "paragon") - Map(whole, "old", "old")), 1e-12);
  EXPECT_NEAR(record.values.at("update_gain").value, *record.update_gain, 1e-12);
  const MetricValue& room = record.values.at("paragon_gain");
  EXPECT_NEAR(room.value, Map(whole, "paragon", "paragon") - Map(whole, "old", "old"), 1e-12);
  ASSERT_TRUE(room.low && room.high);
  EXPECT_LE(*room.low, room.value);
  EXPECT_GE(*room.high, room.value);
  EXPECT_TRUE(room.p_value);
  EXPECT_EQ(record.values.count("deployment.nfr1"), 1U);
  EXPECT_EQ(record.values.count("end.pfr10"), 1U);
}

TEST(JudgeGraph, WhatNeedsACellThatIsNotThereIsAbsentWithAReason) {
  GraphRequest request = Toy().Upgrade();
  request.cells = {{"old", "old"}, {"new", "old"}};
  Judgement judgement = JudgeGraph(request);
  EXPECT_THAT(judgement.compatibility->reasons.at("update_gain"), HasSubstr("no paragon"));
  EXPECT_THAT(judgement.compatibility->reasons.at("end.nfr1"), HasSubstr("no new gallery"));
  EXPECT_EQ(judgement.compatibility->update_gain_reason, "no paragon was given");
  request.cells = {{"old", "old"}};
  EXPECT_FALSE(JudgeGraph(request).compatibility);
}

TEST(JudgeGraph, AFailedCellIsRecordedAndTheOthersGoOn) {
  GraphRequest request = Toy().Chain();
  request.rows = [&](const CellName& cell) {
    if (cell == CellName{"v3", "v1"}) throw Error(ErrorCode::kData, {"test", "no rows", "", ""});
    return RowsOfCell(request.models, cell, request.options.widths);
  };
  EXPECT_THROW(JudgeGraph(request), Error);
  request.keep_going = true;
  request.asked.slices = true;
  const Judgement judgement = JudgeGraph(request);
  ASSERT_EQ(judgement.cells.size(), 6U);
  EXPECT_EQ(judgement.cells[5].record.status, "failed");
  EXPECT_THAT(judgement.cells[5].record.error, HasSubstr("no rows"));
  EXPECT_EQ(judgement.sections.slices->cells.size(), 5U);
  const MatrixFigures& matrix = judgement.sections.matrix.value();
  EXPECT_FALSE(matrix.map_hits[2][0]);
  EXPECT_TRUE(matrix.map_hits[2][1]);
  EXPECT_EQ(matrix.values.count("bc"), 0U);
  EXPECT_EQ(matrix.values.count("fc"), 1U) << "it does not need that cell";
  EXPECT_FALSE(matrix.reasons.at("bc").empty());
}

TEST(JudgeGraph, AnInterruptEndsAll) {
  GraphRequest request = Toy().Chain();
  request.keep_going = true;
  request.rows = [](const CellName&) -> CellRows {
    throw Error(ErrorCode::kInterrupted, {"test", "", "", ""});
  };
  EXPECT_EQ(test::CatchError([&] { JudgeGraph(request); }).code(), ErrorCode::kInterrupted);
}

// A store keeps what a per-query file and a curve say: no counts of matches, no last ranks, no
// means.
TEST(JudgeGraph, StoredCellsGiveTheSameFigures) {
  GraphRequest request = Toy().Upgrade();
  request.asked = {.pairs = true, .backfill = true, .slices = true, .search = ""};
  const Judgement direct = JudgeGraph(request);
  request.scorer = [](const CellName&, const std::function<CellScores()>& score) {
    CellScores scores = score();
    for (QueryScore& query : scores.queries) query.matches = query.last_rank = 0;
    scores.map_hits = scores.map_trapezoid = scores.minp = 0;
    return scores;
  };
  const Judgement stored = JudgeGraph(request);
  for (size_t i = 0; i < direct.cells.size(); ++i) {
    EXPECT_EQ(stored.cells[i].queries.text, direct.cells[i].queries.text);
    EXPECT_EQ(stored.cells[i].record.metrics.at("minp").value,
              direct.cells[i].record.metrics.at("minp").value);
    EXPECT_NEAR(stored.cells[i].scores.map_hits, direct.cells[i].scores.map_hits, 1e-12);
  }
  for (const auto& [name, value] : direct.compatibility->values) {
    EXPECT_EQ(stored.compatibility->values.at(name).value, value.value) << name;
  }
}

TEST(JudgeGraph, TheCallerChoosesWhoMultiplies) {
  GraphRequest request = Toy().Upgrade();
  const Judgement cpu = JudgeGraph(request);
  int made = 0;
  request.options.source = [&](const RowSource& query, const RowSource& gallery, Distance distance,
                               const FeatureIndex* query_index, const FeatureIndex* gallery_index) {
    ++made;
    return NewCpuBlockSource(query, gallery, distance, query_index, gallery_index);
  };
  const Judgement other = JudgeGraph(request);
  EXPECT_EQ(made, 5);
  EXPECT_EQ(Map(other, "new", "old"), Map(cpu, "new", "old"));
}

TEST(JudgeGraph, ReRankingChangesCellsAndGoesWithNothingThatMixesGalleries) {
  GraphRequest request = Toy().Upgrade();
  const Judgement plain = JudgeGraph(request);
  request.options.rerank = RerankOptions{.k1 = 6, .k2 = 3};
  EXPECT_NE(Map(JudgeGraph(request), "new", "new"), Map(plain, "new", "new"));
  request.asked.backfill = true;
  EXPECT_THAT(test::MessageOf([&] { JudgeGraph(request); }), HasSubstr("--backfill"));
}

TEST(JudgeGraph, RefusesSectionsThatItsCellsCannotGiveBeforeScoring) {
  const auto refusal = [](GraphRequest request) {
    request.scorer = [](const CellName&, const std::function<CellScores()>&) -> CellScores {
      ADD_FAILURE() << "scored first";
      return {};
    };
    return test::CatchError([&] { JudgeGraph(request); });
  };
  GraphRequest request = Toy().Chain();
  request.asked.pairs = true;
  EXPECT_THAT(refusal(request).what(), HasSubstr("--pairs"));
  request.asked = {.backfill = true};
  EXPECT_THAT(refusal(request).what(), HasSubstr("no old and new gallery"));
  request = Toy().Upgrade();
  request.cells = {{"old", "old"}, {"new", "old"}};
  request.asked.backfill = true;
  EXPECT_EQ(refusal(request).code(), ErrorCode::kUsage);
}

}  // namespace
}  // namespace bcr
