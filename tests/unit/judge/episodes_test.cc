#include "harness/judge/episodes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "harness/core/error.h"
#include "harness/eval/episodes/prototypes.h"
#include "harness/judge/graph.h"
#include "tests/unit/core/catch_error.h"
#include "tests/unit/judge/toy_graph.h"

namespace bcr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

GraphRequest Asking(GraphRequest request, std::vector<EpisodeKind> kinds, int count = 200) {
  request.asked.episodes = std::move(kinds);
  request.asked.episode_count = count;
  return request;
}

// Judged once for all tests.
const Judgement& Judged() {
  static const Judgement judgement =
      JudgeGraph(Asking(Toy().Upgrade(), {{.way = 5, .shot = 1, .queries = 15},
                                          {.way = 3, .shot = 2, .queries = 1}}));
  return judgement;
}

// The accuracies of every cell, from the episodes themselves.
TEST(EpisodeSection, AveragesTheSameEpisodesInEveryCell) {
  const EpisodeFigures& figures = Judged().sections.episodes.value();
  ASSERT_EQ(figures.kinds.size(), 2U);
  const GraphRequest request = Toy().Upgrade();
  for (const EpisodeFigures::Kind& kind : figures.kinds) {
    const EpisodePool pool(
        Toy().first.query, Toy().first.gallery, Policy::kMarket,
        {static_cast<int>(kind.way), static_cast<int>(kind.shot), static_cast<int>(kind.queries)});
    EXPECT_EQ(kind.identities, static_cast<int64_t>(pool.identities().size()));
    EXPECT_EQ(kind.left_out, pool.left_out());
    EXPECT_FALSE(kind.left_out.empty()) << "people whose gallery images are distractors";
    ASSERT_EQ(kind.cells.size(), 5U);
    double queries = 0;
    std::map<std::string, double> sums;
    for (uint64_t e = 0; e < 200; ++e) {
      const Episode episode = pool.Draw(EpisodeSeed(1, pool.kind(), e));
      for (const EpisodePerson& person : episode) {
        queries += static_cast<double>(person.queries.size()) / static_cast<double>(200 * kind.way);
      }
      for (const EpisodeFigures::Cell& cell : kind.cells) {
        const CellName name = {cell.query_model, cell.gallery_model};
        const CellRows rows = RowsOf(request, name);
        for (const double share :
             EpisodeShares(*rows.query, *rows.gallery, Distance::kCosine, episode))
          sums[name.Text()] += share / static_cast<double>(200 * kind.way);
      }
    }
    EXPECT_NEAR(kind.mean_queries, queries, 1e-12);
    for (const EpisodeFigures::Cell& cell : kind.cells) {
      const MetricValue& value = cell.accuracy.value;
      EXPECT_NEAR(value.value, sums[cell.query_model + "/" + cell.gallery_model], 1e-12);
      EXPECT_EQ(value.n, 200);
      EXPECT_LT(*value.low, value.value);
      EXPECT_GE(*value.high, value.value);
      EXPECT_EQ(cell.accuracy.half_width > 0, value.value < 1);
      EXPECT_LT(cell.accuracy.half_width, 0.08);
    }
  }
}

TEST(EpisodeSection, PairsDifferencesEpisodeByEpisode) {
  const EpisodeFigures::Kind& kind = Judged().sections.episodes->kinds[0];
  std::map<std::string, double> accuracy;
  for (const auto& cell : kind.cells)
    accuracy[cell.query_model + "/" + cell.gallery_model] = cell.accuracy.value.value;
  std::vector<std::string> compared;
  for (const auto& one : kind.differences) {
    const std::string cell = one.query_model + "/" + one.gallery_model;
    const std::string from = one.from_query_model + "/" + one.from_gallery_model;
    compared.push_back(cell + " - " + from);
    EXPECT_NEAR(one.difference.value.value, accuracy[cell] - accuracy[from], 1e-12);
    EXPECT_TRUE(one.difference.value.p_value);
    if (compared.back() == "new/old - old/old") {
      EXPECT_GT(*one.difference.value.low, 0) << "the toy upgrade gains";
      EXPECT_LT(one.difference.half_width,
                kind.cells[0].accuracy.half_width + kind.cells[2].accuracy.half_width);
    }
  }
  EXPECT_THAT(compared, ::testing::UnorderedElementsAre(
                            "new/new - old/old", "new/old - old/old", "new/old - new/new",
                            "old/new - old/old", "old/new - new/new", "paragon/paragon - old/old"));
  const double gain = accuracy["new/new"] - accuracy["old/old"];
  EXPECT_NEAR(kind.share_of_new.value(), (accuracy["new/old"] - accuracy["old/old"]) / gain, 1e-12);
}

TEST(EpisodeSection, IsTheSameOnEveryNumberOfThreads) {
  GraphRequest request = Asking(Toy().Upgrade(), {{.way = 5, .shot = 1, .queries = 15}});
  request.options.scoring.threads = 1;
  const Judgement judged = JudgeGraph(request);
  const EpisodeFigures::Kind& one = judged.sections.episodes->kinds[0];
  const EpisodeFigures::Kind& other = Judged().sections.episodes->kinds[0];
  for (size_t c = 0; c < one.cells.size(); ++c) {
    EXPECT_EQ(one.cells[c].accuracy.value.value, other.cells[c].accuracy.value.value);
    EXPECT_EQ(one.cells[c].accuracy.value.low, other.cells[c].accuracy.value.low);
  }
}

// A chain is compared with its first model's own cell, one model with nothing.
TEST(EpisodeSection, SpeaksOfChainsAndOfOneModel) {
  const Judgement chain = JudgeGraph(Asking(Toy().Chain(), {{.way = 5, .shot = 1}}));
  const EpisodeFigures::Kind& kind = chain.sections.episodes->kinds[0];
  EXPECT_EQ(kind.cells.size(), 6U);
  EXPECT_FALSE(kind.share_of_new);
  EXPECT_EQ(kind.share_of_new_reason, "");
  for (const auto& one : kind.differences) EXPECT_EQ(one.from_query_model, one.from_gallery_model);
  GraphRequest request = Toy().Chain();
  request.models.resize(1);
  request.chain.clear();
  request.cells = PlannedCells(request.models, false);
  const Judgement alone = JudgeGraph(Asking(std::move(request), {{.way = 5, .shot = 1}}));
  EXPECT_EQ(alone.sections.episodes->kinds[0].cells.size(), 1U);
  EXPECT_TRUE(alone.sections.episodes->kinds[0].differences.empty());
}

TEST(EpisodeSection, IsRefusedBeforeAnythingIsScored) {
  const auto message = [](GraphRequest request) {
    request.scorer = [](const CellName&, const std::function<CellScores()>&) -> CellScores {
      ADD_FAILURE() << "scored";
      return {};
    };
    return test::MessageOf([&] { JudgeGraph(request); });
  };
  EXPECT_THAT(message(Asking(Toy().Upgrade(), {{.way = 5, .shot = 1}, {.way = 25, .shot = 1}})),
              AllOf(HasSubstr("--episodes 25x1"), HasSubstr("21 of the queries' 24 identities")));
  GraphRequest reranked = Asking(Toy().Upgrade(), {{.way = 5, .shot = 1}});
  reranked.options.rerank.emplace();
  EXPECT_THAT(message(reranked), HasSubstr("together with --episodes"));
  GraphRequest single = Asking(Toy().Upgrade(), {{.way = 5, .shot = 1}});
  single.options.scoring.policy = Policy::kCuhk03SingleShot;
  EXPECT_THAT(message(single), AllOf(HasSubstr("--episodes"), HasSubstr("cuhk03-single-shot")));
}

}  // namespace
}  // namespace bcr
