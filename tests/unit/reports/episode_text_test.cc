// Episodes and candidate sets as text.
#include "reports/episode_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/candidate_text.h"
#include "reports/score_text.h"
#include "tests/unit/reports/test_report.h"

namespace bcr {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

EpisodeFigures SomeEpisodes() {
  EpisodeFigures::Kind kind{
      .way = 5, .shot = 1, .queries = 15, .mean_queries = 3.54, .identities = 1240};
  kind.left_out = {"0007", "0009"};
  kind.cells = {{"old", "old", {{0.5012, 0.4, 0.6, 10000}, 0.0012}},
                {"new", "old", {{0.75, {}, {}, 10000}, 0.0009}}};
  kind.differences = {
      {"new", "old", "old", "old", {{0.2488, 0.1, 0.3, 10000, 0.001, true}, 0.0021}}};
  return {{kind}};
}

TEST(EpisodesText, SaysWhatWasDrawnAndBothUncertainties) {
  EpisodeFigures figures = SomeEpisodes();
  const std::string text = EpisodesText(figures);
  EXPECT_THAT(text, HasSubstr("5-way 1-shot: 10,000 episodes of 1,240 people, each enrolled with 1 "
                              "gallery image and asked for"));
  EXPECT_THAT(text, HasSubstr("by up to 15 (3.5 on average). 2 of the queries' people have"));
  EXPECT_THAT(text, ContainsRegex("old/old +50.12 +± 0.12 +.40.0, 60.0.\n"));
  EXPECT_THAT(text, ContainsRegex("new/old +75.00 +± 0.09 +-\n"));
  EXPECT_THAT(text, ContainsRegex("new/old - old/old +.24.88 +± 0.21 +..10.00, .30.00..\n"));
  EXPECT_THAT(text, HasSubstr("as few-shot papers report"));
  EXPECT_THAT(text, Not(HasSubstr("Of what")));
  figures.kinds[0].share_of_new = 0.625;
  EXPECT_THAT(EpisodesText(figures),
              HasSubstr("Of what new/new gains over old/old, new/old has 62.5 %."));
  figures.kinds[0].share_of_new.reset();
  figures.kinds[0].share_of_new_reason = "it is not clear";
  EXPECT_THAT(EpisodesText(figures), HasSubstr("no value: it is not clear."));
}

TEST(EpisodesText, HasNoDifferencesOfOneCell) {
  EpisodeFigures figures = SomeEpisodes();
  figures.kinds[0].differences.clear();
  figures.kinds[0].left_out.clear();
  const std::string text = EpisodesText(figures);
  EXPECT_THAT(text, Not(HasSubstr("the same episodes")));
  EXPECT_THAT(text, Not(HasSubstr("too few")));
}

TEST(CandidatesText, ShowsCarriedThresholdsBeforeOwnOnes) {
  const CandidateFigures::Sets own{0.5, 2, 1, 4, 0.25, {0.5, 0.25, 0.75, 30}, 0.375};
  const CandidateFigures::Sets carried{0.25, 8.5, 8, 12, 0, {1, {}, {}, 30}, 0.875};
  const CandidateFigures figures{
      {{"old", "old"}},
      {{"old", "old", 30, 12, {{2, own, {}}, {2.5, own, {}}}},
       {"new", "old", 30, 12, {{2, own, carried}, {2.5, own, carried}}}}};
  const std::string text = CandidatesText(figures);
  EXPECT_THAT(
      text, ContainsRegex("old/old +2 +old/old +0.5000 +2.00 +1 +4 +25.0 +50.0 .25.0, 75.0. +37.5\n"
                          "new/old +2 +old/old +0.2500 +8.50 +8 +12 +0.0 +100.0 +87.5\n"
                          "new/old +2 +new/old +0.5000 "));
  EXPECT_THAT(text, ContainsRegex("new/old +2.5 +old/old +0.2500"));
}

TEST(ScoreText, HasTheseSectionsOnlyWhereTheReportHasThem) {
  ScoreReport report = TestReport();
  const std::string plain = ScoreText(report);
  EXPECT_THAT(plain, Not(HasSubstr("-shot")));
  EXPECT_THAT(plain, Not(HasSubstr("Candidates")));
  report.sections.episodes = SomeEpisodes();
  report.sections.candidates.emplace();
  EXPECT_THAT(ScoreText(report), HasSubstr("5-way 1-shot"));
  EXPECT_THAT(ScoreText(report), HasSubstr("Candidates: "));
}

}  // namespace
}  // namespace bcr
