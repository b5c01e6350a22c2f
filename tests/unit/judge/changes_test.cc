#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "harness/core/error.h"
#include "harness/judge/graph.h"
#include "reports/per_query.h"
#include "tests/unit/core/catch_error.h"
#include "tests/unit/judge/toy_graph.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;

constexpr int kLength = 5;

const Judgement& Judged() {
  static const Judgement judgement = [] {
    GraphRequest request = Toy().Upgrade();
    request.asked.changes = kLength;
    request.asked.changes_by_camera = true;
    request.asked.slices = true;
    request.asked.lists = true;
    return JudgeGraph(request);
  }();
  return judgement;
}

const ScoredCell& Cell(const char* query, const char* gallery) {
  return *FindScored(Judged().cells, {query, gallery});
}

TEST(ChangeSection, NamesTheQueriesThatLoseAndGainMost) {
  const ChangeFigures& figures = Judged().sections.changes.value();
  const auto& before = Cell("old", "old").scores.queries;
  const auto& after = Cell("new", "old").scores.queries;
  std::vector<double> changes;
  int64_t worse = 0;
  for (size_t q = 0; q < before.size(); ++q) {
    if (!before[q].valid || !after[q].valid) continue;
    changes.push_back(after[q].ap_hits - before[q].ap_hits);
    worse += changes.back() < 0 ? 1 : 0;
  }
  std::sort(changes.begin(), changes.end());
  EXPECT_EQ(figures.queries, static_cast<int64_t>(changes.size()));
  EXPECT_EQ(figures.queries_worse, worse);
  ASSERT_EQ(figures.worst_queries.size(), static_cast<size_t>(kLength));
  ASSERT_EQ(figures.best_queries.size(), static_cast<size_t>(kLength));
  for (size_t i = 0; i < kLength; ++i) {
    const ChangeFigures::Query &worst = figures.worst_queries[i], &best = figures.best_queries[i];
    EXPECT_EQ(worst.after - worst.before, changes[i]);
    EXPECT_EQ(best.after - best.before, changes[changes.size() - 1 - i]);
    EXPECT_GE(worst.rank_before, 1);
  }
}

TEST(ChangeSection, IdentitiesAreMeansOfTheirQueries) {
  const ChangeFigures& figures = Judged().sections.changes.value();
  const ScoredCell &before = Cell("old", "old"), &after = Cell("new", "old");
  std::map<std::string, std::vector<double>> changes;
  for (size_t q = 0; q < before.identities.size(); ++q) {
    if (!before.scores.queries[q].valid) continue;
    changes[before.identities[q]].push_back(after.scores.queries[q].ap_hits -
                                            before.scores.queries[q].ap_hits);
  }
  EXPECT_EQ(figures.identities, static_cast<int64_t>(changes.size()));
  double last = -1;
  ASSERT_FALSE(figures.worst_identities.empty());
  for (const ChangeFigures::Identity& identity : figures.worst_identities) {
    const std::vector<double>& own = changes.at(identity.identity);
    double sum = 0;
    for (const double change : own) sum += change;
    EXPECT_EQ(identity.queries, static_cast<int64_t>(own.size()));
    EXPECT_NEAR(identity.after - identity.before, sum / static_cast<double>(own.size()), 1e-12);
    EXPECT_LT(identity.after, identity.before);
    EXPECT_GE(identity.after - identity.before, last);
    last = identity.after - identity.before;
  }
}

TEST(ChangeSection, CameraPairsHaveTheFiguresOfTheSlices) {
  const auto slice_of = [](const char* query, const char* gallery,
                           const ChangeFigures::CameraPair& pair) {
    for (const SliceTable::Cell& cell : Judged().sections.slices->cells) {
      if (cell.query_model != query || cell.gallery_model != gallery) continue;
      for (const SliceTable::CameraPair& slice : cell.camera_pairs) {
        if (slice.query_camera == pair.query_camera && slice.gallery_camera == pair.gallery_camera)
          return slice.slice.map_hits.value.value();
      }
    }
    return -1.0;
  };
  const ChangeFigures& figures = Judged().sections.changes.value();
  EXPECT_TRUE(figures.by_camera);
  for (const ChangeFigures::CameraPair& pair : figures.worst_camera_pairs) {
    EXPECT_EQ(pair.before, slice_of("old", "old", pair));
    EXPECT_EQ(pair.after, slice_of("new", "old", pair));
    EXPECT_LT(pair.after, pair.before);
  }
}

// The file of each cell holds what its own model finds first.
TEST(Lists, StandInThePerQueryFiles) {
  for (const ScoredCell& cell : Judged().cells) {
    const auto rows = ParsePerQuery(cell.queries.text, "queries.csv");
    for (size_t q = 0; q < rows.size(); ++q) {
      ASSERT_EQ(rows[q].list.size(), kListed);
      for (size_t i = 0; i < kListed; ++i) {
        const bool first = static_cast<int64_t>(i) + 1 == rows[q].first_rank;
        if (rows[q].valid && static_cast<int64_t>(i) < rows[q].first_rank) {
          EXPECT_EQ(rows[q].list[i].match, first) << "query " << q << ", place " << i;
        }
      }
    }
  }
}

// A cell that a store kept has no lists: it is streamed again, to the same file.
TEST(Lists, AreMadeAnewForCellsThatWereKept) {
  GraphRequest request = Toy().Upgrade();
  Judgement again = JudgeGraph(request);
  EXPECT_THAT(again.cells.front().queries.text, ::testing::Not(HasSubstr("top1")));
  request.asked.lists = true;
  JudgeCells(request, again);
  for (size_t c = 0; c < again.cells.size(); ++c) {
    EXPECT_EQ(again.cells[c].queries.text, Judged().cells[c].queries.text);
    EXPECT_EQ(again.cells[c].record.per_query->hash, Judged().cells[c].record.per_query->hash);
  }
}

TEST(ChangeSection, IsRefusedByCameraWhereListsAreReRanked) {
  GraphRequest request = Toy().Upgrade();
  request.asked.changes = kLength;
  request.asked.changes_by_camera = true;
  request.options.rerank.emplace();
  EXPECT_THAT(test::MessageOf([&] { JudgeGraph(request); }), HasSubstr("--worst"));
}

}  // namespace
}  // namespace bcr
