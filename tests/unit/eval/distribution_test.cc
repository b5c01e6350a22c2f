// Counted scores and operating points against the same by brute force.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "eval_test_util.h"
#include "harness/core/random.h"
#include "harness/eval/distribution/operating_points.h"
#include "harness/eval/distribution/score_bins.h"

namespace bcr {
namespace {

using eval_test::MakeIndex;

TEST(ScoreBins, EdgesAreTheLeastScoresOfTheirBins) {
  Random random(3);
  for (const Distance distance : {Distance::kCosine, Distance::kEuclidean}) {
    std::vector<float> scores = {-1, 0, 1, -0.0f, -1.0000001f, 1.0000001f};
    for (int i = 0; i < 2000; ++i) {
      const auto x = static_cast<float>(random.Uniform());
      scores.push_back(distance == Distance::kCosine ? 2 * x - 1 : -x * std::exp2(20 * x - 10));
    }
    for (const float score : scores) {
      if (distance == Distance::kEuclidean && score > 0) continue;
      const size_t bin = BinOf(distance, score);
      ASSERT_GE(bin, 1U);
      ASSERT_LT(bin, BinCount(distance));
      const float edge = EdgeOf(distance, bin);
      EXPECT_LE(edge, score);
      EXPECT_LT(score, EdgeOf(distance, bin + 1));
      if (bin > 1) {
        EXPECT_EQ(BinOf(distance, edge), bin);
      }
      if (bin > 1 && distance == Distance::kCosine) {
        EXPECT_LT(BinOf(distance, std::nextafter(edge, -2.0f)), bin);
      }
    }
    EXPECT_EQ(BinOf(distance, -std::numeric_limits<float>::infinity()), 0U);
    for (size_t bin = 1; bin < BinCount(distance); bin += 997) {
      EXPECT_LT(EdgeOf(distance, bin), EdgeOf(distance, bin + 1)) << bin;
    }
  }
}

struct Drawn {
  FloatMatrix query, gallery;
  FeatureIndex query_index, gallery_index;
};

Drawn Draw(Random& random, size_t queries, size_t gallery) {
  constexpr size_t kWidth = 8;
  Drawn drawn{FloatMatrix(queries, kWidth), FloatMatrix(gallery, kWidth), {}, {}};
  const auto fill = [&](FloatMatrix& matrix, bool junk, FeatureIndex& index) {
    std::vector<std::string> people, cameras;
    for (size_t i = 0; i < matrix.rows(); ++i) {
      for (size_t k = 0; k < kWidth; ++k) {
        matrix.row(i)[k] = static_cast<float>(random.Normal());
      }
      const size_t person = random.Below(6);
      people.push_back(junk && person == 5 ? "-1" : std::to_string(1 + person % 5));
      cameras.push_back(std::to_string(random.Below(3)));
    }
    index = MakeIndex(people, cameras);
  };
  fill(drawn.query, false, drawn.query_index);
  fill(drawn.gallery, true, drawn.gallery_index);
  return drawn;
}

// What a pair is under the policy market: 1 genuine, 0 impostor, -1 left out.
int KindOf(const Drawn& drawn, size_t q, size_t g) {
  const std::string &a = drawn.query_index.identities[q], &b = drawn.gallery_index.identities[g];
  if (b == "-1") return -1;
  if (a != b) return 0;
  return drawn.query_index.cameras[q] == drawn.gallery_index.cameras[g] ? -1 : 1;
}

class Distribution : public ::testing::TestWithParam<Distance> {};

TEST_P(Distribution, CountsEveryAdmittedPairOnce) {
  Random random(11);
  for (const int block_mb : {1, 256}) {
    for (const int threads : {1, 3}) {
      const Drawn drawn = Draw(random, 40, 3000);
      const eval_test::MatrixSource source(drawn.query, drawn.gallery, GetParam());
      const CellScores cell = ScoreCell(
          *source, drawn.query_index, drawn.gallery_index,
          {.block_mb = block_mb, .threads = threads, .distance = GetParam(), .distribution = true});
      ASSERT_NE(cell.distribution, nullptr);
      std::vector<float> scores(40 * 3000);
      source->Fill(0, 40, 0, 3000, 1, scores.data());
      ScoreDistribution expected;
      expected.genuine.assign(BinCount(GetParam()), 0);
      expected.impostor = expected.genuine;
      for (size_t q = 0; q < 40; ++q) {
        float match = -std::numeric_limits<float>::infinity(), other = match;
        for (size_t g = 0; g < 3000; ++g) {
          const float score = scores[q * 3000 + g];
          const int kind = KindOf(drawn, q, g);
          if (kind < 0) continue;
          ++(kind == 1 ? expected.genuine : expected.impostor)[BinOf(GetParam(), score)];
          float& nearest = kind == 1 ? match : other;
          nearest = std::max(nearest, score);
        }
        EXPECT_EQ(cell.distribution->nearest_match[q], match);
        EXPECT_EQ(cell.distribution->nearest_other[q], other);
      }
      EXPECT_EQ(cell.distribution->genuine, expected.genuine);
      EXPECT_EQ(cell.distribution->impostor, expected.impostor);
    }
  }
}

TEST_P(Distribution, ChangesNoOtherFigure) {
  Random random(12);
  const Drawn drawn = Draw(random, 30, 500);
  const eval_test::MatrixSource source(drawn.query, drawn.gallery, GetParam());
  ScoringOptions options{.distance = GetParam()};
  const CellScores plain = ScoreCell(*source, drawn.query_index, drawn.gallery_index, options);
  options.distribution = true;
  const CellScores counted = ScoreCell(*source, drawn.query_index, drawn.gallery_index, options);
  EXPECT_TRUE(eval_test::SameBits(plain, counted));
  EXPECT_EQ(plain.distribution, nullptr);
}

// Rates at a threshold are what a loop over all pairs counts there.
TEST_P(Distribution, RatesAreExactAtTheirThresholds) {
  Random random(13);
  const Drawn drawn = Draw(random, 60, 900);
  const eval_test::MatrixSource source(drawn.query, drawn.gallery, GetParam());
  const CellScores cell = ScoreCell(*source, drawn.query_index, drawn.gallery_index,
                                    {.distance = GetParam(), .distribution = true});
  const OperatingPoints points(*cell.distribution);
  std::vector<float> scores(60 * 900);
  source->Fill(0, 60, 0, 900, 1, scores.data());
  for (const double rate : {0.1, 0.01, 0.001}) {
    const size_t bin = points.BinForFalseAccepts(rate);
    const float threshold = EdgeOf(GetParam(), bin);
    double pairs[2] = {0, 0}, accepted[2] = {0, 0};
    for (size_t q = 0; q < 60; ++q) {
      for (size_t g = 0; g < 900; ++g) {
        const int kind = KindOf(drawn, q, g);
        if (kind < 0) continue;
        pairs[kind] += 1;
        accepted[kind] += scores[q * 900 + g] >= threshold ? 1 : 0;
      }
    }
    const PairRates rates = points.PairsAt(bin);
    EXPECT_EQ(rates.false_accepts, accepted[0] / pairs[0]);
    EXPECT_NEAR(rates.false_rejects, 1 - accepted[1] / pairs[1], 1e-15);
    EXPECT_LE(rates.false_accepts, rate);
    EXPECT_GT(points.PairsAt(bin - 1).false_accepts, rate) << "the lowest such threshold";
  }
  const PairRates equal = points.PairsAt(points.BinOfEqualErrors());
  EXPECT_NEAR(equal.false_accepts, equal.false_rejects, 0.02);
}

INSTANTIATE_TEST_SUITE_P(Distances, Distribution,
                         ::testing::Values(Distance::kCosine, Distance::kEuclidean),
                         [](const auto& test) { return std::string(DistanceName(test.param)); });

ScoreDistribution FromPairs(const std::vector<float>& genuine, const std::vector<float>& impostor) {
  ScoreDistribution distribution;
  distribution.genuine.assign(BinCount(Distance::kCosine), 0);
  distribution.impostor = distribution.genuine;
  for (const float score : genuine) ++distribution.genuine[CosineBins::Of(score)];
  for (const float score : impostor) ++distribution.impostor[CosineBins::Of(score)];
  return distribution;
}

// Ten impostors at 0.0 to 0.9; four genuine pairs at 0.35, 0.55, 0.75, 0.95.
TEST(OperatingPoints, OfAHandfulOfPairs) {
  std::vector<float> impostor;
  for (int i = 0; i < 10; ++i) impostor.push_back(0.1f * static_cast<float>(i));
  const OperatingPoints points(FromPairs({0.35f, 0.55f, 0.75f, 0.95f}, impostor));
  const size_t tenth = points.BinForFalseAccepts(0.1);  // 0.9 alone is accepted
  EXPECT_GT(EdgeOf(Distance::kCosine, tenth), 0.8f);
  EXPECT_LE(EdgeOf(Distance::kCosine, tenth), 0.9f);
  EXPECT_DOUBLE_EQ(points.PairsAt(tenth).false_accepts, 0.1);
  EXPECT_DOUBLE_EQ(points.PairsAt(tenth).false_rejects, 0.75);
  // Above 0.55, up to 0.6: four impostors of ten, half of the genuine pairs. Just below 0.55 four of
  // ten and a quarter, above 0.6 three of ten and half: further apart.
  const PairRates equal = points.PairsAt(points.BinOfEqualErrors());
  EXPECT_DOUBLE_EQ(equal.false_accepts, 0.4);
  EXPECT_DOUBLE_EQ(equal.false_rejects, 0.5);
  EXPECT_TRUE(points.CanTellFalseAccepts(1));
  EXPECT_FALSE(points.CanTellFalseAccepts(0.1)) << "one pair is no basis for a threshold";
}

TEST(OperatingPoints, NothingPassesWhereTheGreatestImpostorsAreTooMany) {
  const OperatingPoints points(FromPairs({1.0f}, {1.0f, 1.0f}));
  const size_t bin = points.BinForFalseAccepts(0.1);
  EXPECT_GT(EdgeOf(Distance::kCosine, bin), 1.0f);
  EXPECT_EQ(points.PairsAt(bin).false_accepts, 0);
  EXPECT_EQ(points.PairsAt(bin).false_rejects, 1);
}

// Four queries, the last without a match: nearest matches 0.9, 0.5, 0.7; nearest others 0.4, 0.6,
// 0.3 and 0.8.
TEST(OperatingPoints, OfSearchesInAnOpenSet) {
  ScoreDistribution distribution = FromPairs({0.9f, 0.5f, 0.7f}, {0.4f, 0.6f, 0.3f, 0.8f});
  distribution.nearest_match = {0.9f, 0.5f, 0.7f, -std::numeric_limits<float>::infinity()};
  distribution.nearest_other = {0.4f, 0.6f, 0.3f, 0.8f};
  const OperatingPoints points(distribution);
  const auto at = [&](float threshold) { return points.SearchesAt(CosineBins::Of(threshold)); };
  EXPECT_DOUBLE_EQ(at(0.25f).false_alarms, 1);
  EXPECT_DOUBLE_EQ(at(0.25f).identified, 2.0 / 3) << "the second one's nearest row is another's";
  EXPECT_DOUBLE_EQ(at(0.65f).false_alarms, 0.25);
  EXPECT_DOUBLE_EQ(at(0.65f).identified, 2.0 / 3);
  EXPECT_DOUBLE_EQ(at(0.85f).false_alarms, 0);
  EXPECT_DOUBLE_EQ(at(0.85f).identified, 1.0 / 3);
  EXPECT_DOUBLE_EQ(points.SearchesAt(points.BinForFalseAlarms(0.5)).false_alarms, 0.5);
}

TEST(OperatingPoints, KnowsWhetherThereAreBothKinds) {
  EXPECT_TRUE(HasBothKinds(FromPairs({0.1f}, {0.2f})));
  EXPECT_FALSE(HasBothKinds(FromPairs({}, {0.2f})));
  EXPECT_FALSE(HasBothKinds(FromPairs({0.1f}, {})));
}

}  // namespace
}  // namespace bcr
