// Worked cases with exact fractions, fed as distances to the production counter. They were checked
// against the evaluation code of several public re-identification projects. Where those follow
// another rule than any policy of ours (junk as negatives, a whole camera removed, same-camera
// matches as negatives), the case is relabelled so that the same list is counted. Scores that
// bcreid does not compute are left out: AP and precision of lists cut at k (OML), MAP@R (PML), and
// CMC that counts every match (all-shots).
#include <gtest/gtest.h>

#include "eval_test_util.h"

namespace bcr {
namespace {

using eval_test::CountDistances;
using eval_test::MakeIndex;
using eval_test::MakeMatrix;

constexpr double kExact = 1e-15;

struct Expected {
  double ap, trapezoid, inp;
};

void ExpectQuery(const QueryScore& score, Expected expected) {
  EXPECT_TRUE(score.valid);
  EXPECT_NEAR(score.ap_hits, expected.ap, kExact);
  EXPECT_NEAR(score.ap_trapezoid, expected.trapezoid, kExact);
  EXPECT_NEAR(score.inp, expected.inp, kExact);
}

void ExpectCmc(const CellScores& cell, const std::vector<double>& expected) {
  ASSERT_EQ(cell.cmc.size(), 50u);
  for (size_t k = 0; k < cell.cmc.size(); ++k) {
    EXPECT_NEAR(cell.cmc[k], expected[std::min(k, expected.size() - 1)], kExact)
        << "rank " << k + 1;
  }
}

// Junk, distractor and same camera at once. Query identity 7, camera 0.
class AllRules : public testing::Test {
 protected:
  const FeatureIndex query_ = MakeIndex({"7"}, {"0"});
  FeatureIndex gallery_ = MakeIndex({"7", "3", "7", "-1", "0", "7", "5", "7", "3", "7"},
                                    {"0", "1", "1", "2", "3", "2", "4", "0", "0", "5"});
  const FloatMatrix distances_ =
      MakeMatrix({{.05F, .30F, .20F, .10F, .25F, .45F, .35F, .15F, .60F, .90F}});
};

TEST_F(AllRules, Canonical) {
  const CellScores cell = CountDistances(distances_, query_, gallery_);
  ExpectQuery(cell.queries[0], {64.0 / 105, 1433.0 / 2520, 3.0 / 7});
  ExpectCmc(cell, {1});
  EXPECT_EQ(cell.gallery_size, 9u);
  EXPECT_EQ(cell.queries[0].matches, 3u);
  EXPECT_EQ(cell.queries[0].first_rank, 1u);
  EXPECT_EQ(cell.queries[0].last_rank, 7u);
}

TEST_F(AllRules, JunkKeptAsNegative) {
  gallery_.identities[3] = "unknown";
  const CellScores cell = CountDistances(distances_, query_, gallery_);
  ExpectQuery(cell.queries[0], {29.0 / 72, 1423.0 / 5040, 3.0 / 8});
  ExpectCmc(cell, {0, 1});
}

TEST_F(AllRules, NoCameraRule) {
  // Junk is dropped in this row of the table and kept by the policy none: the row is taken out
  // here.
  FeatureIndex gallery = MakeIndex({"7", "3", "7", "0", "7", "5", "7", "3", "7"},
                                   {"0", "1", "1", "3", "2", "4", "0", "0", "5"});
  const FloatMatrix distances =
      MakeMatrix({{.05F, .30F, .20F, .25F, .45F, .35F, .15F, .60F, .90F}});
  ScoringOptions options;
  options.policy = Policy::kNone;
  const CellScores cell = CountDistances(distances, query_, gallery, options);
  ExpectQuery(cell.queries[0], {52.0 / 63, 256.0 / 315, 5.0 / 9});
  ExpectCmc(cell, {1});
  // The same through the market policy with a camera of its own for the query.
  const CellScores market = CountDistances(distances_, MakeIndex({"7"}, {"9"}), gallery_);
  ExpectQuery(market.queries[0], {52.0 / 63, 256.0 / 315, 5.0 / 9});
}

TEST_F(AllRules, WholeQueryCameraRemoved) {
  gallery_.identities[8] = "-1";  // the one remaining item of the query's camera
  const CellScores cell = CountDistances(distances_, query_, gallery_);
  ExpectQuery(cell.queries[0], {19.0 / 30, 71.0 / 120, 1.0 / 2});
}

TEST_F(AllRules, SameCameraAsNegatives) {
  gallery_.identities[0] = gallery_.identities[7] = "other";
  const CellScores cell = CountDistances(distances_, query_, gallery_);
  ExpectQuery(cell.queries[0], {20.0 / 63, 115.0 / 504, 1.0 / 3});
  ExpectCmc(cell, {0, 0, 1});
}

TEST(PublishedVectors, FormulaOnly) {
  const std::vector<std::pair<std::string, Expected>> cases = {
      {"1101001", {93.0 / 112, 545.0 / 672, 4.0 / 7}},
      {"01", {.5, .25, .5}},
      {"1", {1, 1, 1}},
      {"00011", {13.0 / 40, 9.0 / 40, .4}},
      {"10001", {.7, 53.0 / 80, .4}},
  };
  for (const auto& [hits, expected] : cases) {
    FeatureIndex gallery;
    FloatMatrix distances(1, hits.size());
    std::vector<std::string> identities;
    for (size_t g = 0; g < hits.size(); ++g) {
      identities.push_back(hits[g] == '1' ? "a" : "b");
      distances.row(0)[g] = static_cast<float>(g);
    }
    const std::vector<std::string> cameras(hits.size(), "2");
    SCOPED_TRACE(hits);
    ExpectQuery(CountDistances(distances, MakeIndex({"a"}, {"1"}), MakeIndex(identities, cameras))
                    .queries[0],
                expected);
  }
}

TEST(PublishedVectors, FourQueriesOneInvalid) {
  const FeatureIndex query = MakeIndex({"1", "2", "9", "3"}, {"0", "0", "1", "1"});
  const FeatureIndex gallery = MakeIndex({"1", "1", "2", "2", "3", "9", "4", "0", "3", "1"},
                                         {"1", "0", "1", "2", "0", "1", "2", "3", "1", "2"});
  const FloatMatrix distances =
      MakeMatrix({{.40F, .05F, .30F, .80F, .50F, .70F, .60F, .20F, .90F, .10F},
                  {.30F, .70F, .60F, .25F, .45F, .55F, .15F, .35F, .80F, .50F},
                  {.90F, .80F, .70F, .60F, .50F, .01F, .40F, .30F, .20F, .10F},
                  {.65F, .35F, .55F, .15F, .75F, .45F, .25F, .85F, .05F, .95F}});
  const CellScores cell = CountDistances(distances, query, gallery);
  ExpectQuery(cell.queries[0], {3.0 / 4, 17.0 / 24, 1.0 / 2});
  ExpectQuery(cell.queries[1], {3.0 / 8, 25.0 / 112, 1.0 / 4});
  ExpectQuery(cell.queries[3], {1.0 / 7, 1.0 / 14, 1.0 / 7});
  EXPECT_FALSE(cell.queries[2].valid);
  EXPECT_EQ(cell.queries[2].first_rank, 0u);
  EXPECT_EQ(cell.queries[2].ap_hits, 0.0);
  EXPECT_EQ(cell.queries[0].first_rank, 1u);
  EXPECT_EQ(cell.queries[0].last_rank, 4u);
  EXPECT_EQ(cell.queries[1].first_rank, 2u);
  EXPECT_EQ(cell.queries[1].last_rank, 8u);
  EXPECT_EQ(cell.queries[3].first_rank, 7u);
  EXPECT_EQ(cell.valid_queries, 3u);
  EXPECT_NEAR(cell.map_hits, 71.0 / 168, kExact);
  EXPECT_NEAR(cell.map_trapezoid, 337.0 / 1008, kExact);
  EXPECT_NEAR(cell.minp, 25.0 / 84, kExact);
  // layumi's convention divides by all four queries.
  const auto valid = static_cast<double>(cell.valid_queries);
  EXPECT_NEAR(cell.map_hits * valid / 4, 71.0 / 224, kExact);
  EXPECT_NEAR(cell.map_trapezoid * valid / 4, 337.0 / 1344, kExact);
  const double third = 1.0 / 3;
  ExpectCmc(cell, {third, 2 * third, 2 * third, 2 * third, 2 * third, 2 * third, 1});
}

TEST(PublishedVectors, TiesAreOrderedByGalleryRow) {
  const CellScores cell =
      CountDistances(MakeMatrix({{.5F, .5F, .5F, .2F, .5F}}), MakeIndex({"1"}, {"0"}),
                     MakeIndex({"2", "1", "3", "1", "4"}, {"1", "1", "1", "2", "1"}));
  ExpectQuery(cell.queries[0], {5.0 / 6, 19.0 / 24, 2.0 / 3});
}

// The same list with its tied rows in the reverse order.
TEST(PublishedVectors, ReversedTies) {
  const CellScores cell =
      CountDistances(MakeMatrix({{.5F, .2F, .5F, .5F, .5F}}), MakeIndex({"1"}, {"0"}),
                     MakeIndex({"4", "1", "3", "1", "2"}, {"1", "2", "1", "1", "1"}));
  ExpectQuery(cell.queries[0], {3.0 / 4, 17.0 / 24, 1.0 / 2});
}

TEST(PublishedVectors, OneMatchAQuery) {
  const CellScores cell = CountDistances(MakeMatrix({{.1F, .2F, .3F, .4F},
                                                     {.3F, .2F, .1F, .4F},
                                                     {.2F, .15F, .9F, .4F},
                                                     {.1F, .2F, .4F, .3F}}),
                                         MakeIndex({"10", "10", "20", "30"}, {"q", "q", "q", "q"}),
                                         MakeIndex({"10", "20", "30", "40"}, {"g", "g", "g", "g"}));
  const double expected[] = {1, 1.0 / 3, 1, 1.0 / 4};
  for (size_t q = 0; q < 4; ++q) {
    EXPECT_NEAR(cell.queries[q].ap_hits, expected[q], kExact);
    EXPECT_NEAR(cell.queries[q].inp, expected[q], kExact);
  }
  EXPECT_NEAR(cell.map_hits, 31.0 / 48, kExact);
  EXPECT_NEAR(cell.minp, 31.0 / 48, kExact);
  EXPECT_NEAR(cell.map_trapezoid, 55.0 / 96, kExact);
  ExpectCmc(cell, {.5, .5, .75, 1});
}

TEST(PublishedVectors, ShortListExtendsItsLastValue) {
  const FeatureIndex gallery = MakeIndex({"1", "2", "2"}, {"1", "0", "1"});
  for (const bool swapped : {false, true}) {
    const std::vector<float> first = {.3F, .1F, .2F};
    const std::vector<float> second = {.5F, .1F, .4F};
    const CellScores cell = swapped ? CountDistances(MakeMatrix({second, first}),
                                                     MakeIndex({"2", "1"}, {"0", "0"}), gallery)
                                    : CountDistances(MakeMatrix({first, second}),
                                                     MakeIndex({"1", "2"}, {"0", "0"}), gallery);
    ExpectQuery(cell.queries[swapped ? 1 : 0], {1.0 / 3, 1.0 / 6, 1.0 / 3});
    ExpectQuery(cell.queries[swapped ? 0 : 1], {1, 1, 1});
    ExpectCmc(cell, {.5, .5, 1});
    EXPECT_NEAR(cell.map_hits, 2.0 / 3, kExact);
  }
}

}  // namespace
}  // namespace bcr
