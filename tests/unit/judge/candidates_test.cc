#include "harness/judge/candidates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/error.h"
#include "harness/judge/graph.h"
#include "tests/unit/core/catch_error.h"
#include "tests/unit/judge/toy_graph.h"

namespace bcr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

GraphRequest Asking(GraphRequest request, std::vector<double> sizes) {
  request.asked.candidates = std::move(sizes);
  return request;
}

TEST(CandidateSection, SetsAThresholdInEveryCellAndCarriesTheFirstOne) {
  for (const Distance distance : {Distance::kCosine, Distance::kEuclidean}) {
    GraphRequest request = Asking(Toy().Upgrade(), {1, 5});
    request.options.scoring.distance = distance;
    const Judgement judged = JudgeGraph(request);
    const CandidateFigures& figures = judged.sections.candidates.value();
    EXPECT_EQ(figures.calibrated_on->query_model, "old");
    EXPECT_EQ(figures.calibrated_on->gallery_model, "old");
    ASSERT_EQ(figures.cells.size(), 5U);
    for (size_t c = 0; c < figures.cells.size(); ++c) {
      const CandidateFigures::Cell& cell = figures.cells[c];
      EXPECT_EQ(cell.queries, judged.cells[c].record.valid_queries);
      EXPECT_EQ(cell.people, 21 + 15) << "people and distractors";
      ASSERT_EQ(cell.points.size(), 2U);
      for (size_t k = 0; k < 2; ++k) {
        const CandidateFigures::Point& point = cell.points[k];
        EXPECT_NEAR(point.own.mean, point.wanted, 0.5 / static_cast<double>(cell.queries));
        EXPECT_LE(*point.own.hit_rate.low, point.own.hit_rate.value);
        EXPECT_EQ(point.own.hit_rate.n, cell.queries);
        EXPECT_GT(point.own.recall, 0);
        EXPECT_LE(point.own.median, point.own.ninety_five);
        ASSERT_EQ(point.carried.has_value(), c > 0);
        if (c == 0) continue;
        EXPECT_EQ(point.carried->threshold, figures.cells[0].points[k].own.threshold);
        EXPECT_EQ(point.carried->mean > point.own.mean,
                  distance == Distance::kCosine ? point.carried->threshold < point.own.threshold
                                                : point.carried->threshold > point.own.threshold);
      }
      EXPECT_GE(cell.points[1].own.hit_rate.value, cell.points[0].own.hit_rate.value);
      EXPECT_LE(cell.points[1].own.empty, cell.points[0].own.empty);
    }
    EXPECT_GT(figures.cells[2].points[1].own.hit_rate.value,
              figures.cells[0].points[1].own.hit_rate.value)
        << "the toy upgrade gains";
  }
}

// Without the cell whose thresholds are carried there are own ones alone.
TEST(CandidateSection, DoesWithoutACellThatFailed) {
  GraphRequest request = Asking(Toy().Upgrade(), {2});
  request.keep_going = true;
  request.scorer = [](const CellName& name, const std::function<CellScores()>& score) {
    if (name == CellName{"old", "old"}) throw Error(ErrorCode::kData, {"here", "a", "b", ""});
    CellScores scores = score();
    return scores;
  };
  const Judgement judged = JudgeGraph(request);
  const CandidateFigures& figures = judged.sections.candidates.value();
  EXPECT_FALSE(figures.calibrated_on);
  ASSERT_EQ(figures.cells.size(), 4U);
  for (const auto& cell : figures.cells) EXPECT_FALSE(cell.points[0].carried);
}

TEST(CandidateSection, IsRefusedBeforeAnythingIsScored) {
  const auto message = [](GraphRequest request) {
    request.scorer = [](const CellName&, const std::function<CellScores()>&) -> CellScores {
      ADD_FAILURE() << "scored";
      return {};
    };
    return test::MessageOf([&] { JudgeGraph(request); });
  };
  EXPECT_THAT(message(Asking(Toy().Upgrade(), {1, 36})),
              AllOf(HasSubstr("--candidates 36"), HasSubstr("36 people in the gallery")));
  GraphRequest reranked = Asking(Toy().Upgrade(), {1});
  reranked.options.rerank.emplace();
  EXPECT_THAT(message(reranked), HasSubstr("together with --candidates"));
  GraphRequest single = Asking(Toy().Upgrade(), {1});
  single.options.scoring.policy = Policy::kCuhk03SingleShot;
  EXPECT_THAT(message(single), AllOf(HasSubstr("--candidates"), HasSubstr("cuhk03-single-shot")));
}

TEST(CandidateSection, ChangesNoOtherFigure) {
  const Judgement plain = JudgeGraph(Toy().Upgrade());
  const Judgement judged = JudgeGraph(Asking(Toy().Upgrade(), {3}));
  EXPECT_FALSE(plain.sections.candidates);
  ASSERT_EQ(plain.cells.size(), judged.cells.size());
  for (size_t c = 0; c < plain.cells.size(); ++c)
    EXPECT_TRUE(eval_test::SameBits(plain.cells[c].scores, judged.cells[c].scores));
}

}  // namespace
}  // namespace bcr
