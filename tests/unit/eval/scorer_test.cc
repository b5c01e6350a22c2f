#include "harness/eval/scorer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "eval_test_util.h"
#include "harness/core/error.h"
#include "harness/eval/block_source.h"
#include "harness/eval/ranking/rank_counter.h"
#include "harness/eval/relevance.h"
#include "harness/eval/score_stream.h"

namespace bcr {
namespace {

using eval_test::CountDistances;
using eval_test::MakeIndex;
using eval_test::MakeMatrix;
using eval_test::SameBits;

void ExpectError(const std::function<void()>& call, ErrorCode code, const std::string& part) {
  try {
    call();
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

FeatureSet MakeSet(const std::vector<std::vector<float>>& rows, FeatureIndex index) {
  return {MakeMatrix(rows), std::move(index), ""};
}

TEST(Policy, Names) {
  EXPECT_EQ(ParsePolicy("market"), Policy::kMarket);
  EXPECT_EQ(ParsePolicy(PolicyName(Policy::kNone)), Policy::kNone);
  ExpectError([] { ParsePolicy("markt"); }, ErrorCode::kUsage, "market");
  for (const Policy policy :
       {Policy::kMarket, Policy::kCamera, Policy::kNone, Policy::kCuhk03SingleShot}) {
    EXPECT_EQ(ParsePolicy(PolicyName(policy)), policy);
  }
  EXPECT_STREQ(PolicyName(Policy::kCuhk03SingleShot), "cuhk03-single-shot");
  for (const Distance distance : {Distance::kCosine, Distance::kEuclidean}) {
    EXPECT_EQ(ParseDistance(DistanceName(distance)), distance);
  }
  ExpectError([] { ParseDistance("cosin"); }, ErrorCode::kUsage, "cosine");
  for (const Ties ties : {Ties::kByRow, Ties::kOptimistic, Ties::kPessimistic, Ties::kMean}) {
    EXPECT_EQ(ParseTies(TiesName(ties)), ties);
  }
  ExpectError([] { ParseTies("meen"); }, ErrorCode::kUsage, "mean");
}

TEST(Policy, MarketNeedsMarketIdentities) {
  EXPECT_EQ(PolicyForIdentities(Policy::kMarket, true), Policy::kMarket);
  EXPECT_EQ(PolicyForIdentities(Policy::kMarket, false), Policy::kCamera);
  EXPECT_EQ(PolicyForIdentities(Policy::kNone, false), Policy::kNone);
  EXPECT_EQ(PolicyForIdentities(Policy::kCuhk03SingleShot, false), Policy::kCuhk03SingleShot);
}

TEST(HitWithin, FollowsFirstRankUnlessToldOtherwise) {
  QueryScore query;
  EXPECT_EQ(HitWithin(query, 5), 0.0);
  query.valid = true;
  query.first_rank = 3;
  EXPECT_EQ(HitWithin(query, 0), 0.0);
  EXPECT_EQ(HitWithin(query, 2), 0.0);
  EXPECT_EQ(HitWithin(query, 3), 1.0);
  query.hits = {.25, .5};
  EXPECT_EQ(HitWithin(query, 1), .25);
  EXPECT_EQ(HitWithin(query, 9), .5);
}

TEST(Policy, JunkAndDistractorsMeanSomethingUnderMarketOnly) {
  const FeatureIndex gallery = MakeIndex({"-1", "0", "0000", "5"}, {"b", "b", "b", "b"});
  const CellScores market =
      CountDistances(MakeMatrix({{1, 2, 3, 4}}), MakeIndex({"5"}, {"a"}), gallery);
  EXPECT_EQ(market.gallery_size, 3u);
  EXPECT_EQ(market.queries[0].first_rank, 3u);  // junk is gone, both distractors are before it

  const FeatureIndex query = MakeIndex({"5", "-1", "0", "0000"}, {"a", "a", "a", "a"});
  const FloatMatrix distances =
      MakeMatrix({{1, 2, 3, 4}, {1, 2, 3, 4}, {1, 2, 3, 4}, {1, 2, 3, 4}});
  for (const Policy policy : {Policy::kNone, Policy::kCamera}) {
    ScoringOptions options;
    options.policy = policy;
    const CellScores cell = CountDistances(distances, query, gallery, options);
    EXPECT_EQ(cell.valid_queries, 4u);
    EXPECT_EQ(cell.gallery_size, 4u);
    EXPECT_EQ(cell.queries[3].first_rank, 3u);
    EXPECT_TRUE(SameBits(cell, ScoreReference(distances.view(), query, gallery, options)));
  }
  ExpectError([&] { CountDistances(distances, query, gallery); }, ErrorCode::kData,
              "row 1 (image_1.jpg): found identity -1, which means junk under the policy market "
              "(3 such queries)");
  ExpectError([&] { ScoreReference(distances.view(), query, gallery, {}); }, ErrorCode::kData,
              "3 such queries");
  ExpectError(
      [&] {
        CountDistances(MakeMatrix({{1, 2, 3, 4}}), MakeIndex({"00"}, {"a"}), gallery);
      },
      ErrorCode::kData, "a distractor under the policy market (1 such query)");
}

TEST(Policy, IdentitiesAreOpaque) {
  const CellScores cell = CountDistances(MakeMatrix({{1, 2}}), MakeIndex({"7"}, {"a"}),
                                         MakeIndex({"0007", "7"}, {"b", "b"}));
  EXPECT_EQ(cell.queries[0].matches, 1u);
  EXPECT_EQ(cell.queries[0].first_rank, 2u);
}

TEST(ScoreCosine, NormalisesRows) {
  const FeatureSet query = MakeSet({{10, 0}}, MakeIndex({"p"}, {"a"}));
  // By raw product row 0 would win; by angle row 1 does.
  const FeatureSet gallery = MakeSet({{50, 50}, {.1F, 0}}, MakeIndex({"x", "p"}, {"b", "b"}));
  EXPECT_EQ(ScoreCosine(query, gallery, {}).queries[0].first_rank, 1u);
}

TEST(ScoreCosine, SelfTestIsPerfect) {
  const FeatureSet query = MakeSet({{1, 0, 0}, {0, 1, 0}}, MakeIndex({"p", "r"}, {"a", "a"}));
  const FeatureSet gallery =
      MakeSet({{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, MakeIndex({"p", "r", "0"}, {"b", "b", "b"}));
  const CellScores cell = ScoreCosine(query, gallery, {});
  EXPECT_EQ(cell.map_hits, 1.0);
  EXPECT_EQ(cell.map_trapezoid, 1.0);
  EXPECT_EQ(cell.minp, 1.0);
  EXPECT_EQ(cell.cmc.front(), 1.0);
}

TEST(ScoreCosine, NamesBadRows) {
  const FeatureSet good = MakeSet({{1, 2}}, MakeIndex({"p"}, {"a"}));
  FeatureSet bad = MakeSet({{1, 2}, {0, 0}}, MakeIndex({"p", "p"}, {"b", "b"}));
  ExpectError([&] { ScoreCosine(good, bad, {}); }, ErrorCode::kData,
              "gallery features: row 1 (image_1.jpg)");
  ExpectError([&] { ScoreCosine(bad, good, {}); }, ErrorCode::kData,
              "query features: row 1 (image_1.jpg)");
  for (const float value : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    bad.features.row(1)[0] = value;
    ExpectError([&] { ScoreCosine(good, bad, {}); }, ErrorCode::kData, "row 1 (image_1.jpg)");
  }
}

TEST(ScoreRows, EuclideanTakesRowsAsGiven) {
  const FloatMatrix query = MakeMatrix({{10, 0}});
  const FloatMatrix gallery = MakeMatrix({{9, 1}, {100, 0}, {0, 0}});
  const auto score = [&](Distance distance) {
    ScoringOptions options;
    options.distance = distance;
    return ScoreRows(*NewMatrixRows(query.view()), MakeIndex({"p"}, {"a"}),
                     *NewMatrixRows(gallery.view()), MakeIndex({"x", "p", "y"}, {"b", "b", "b"}),
                     options);
  };
  EXPECT_EQ(score(Distance::kEuclidean).queries[0].first_rank, 3u);
  ExpectError([&] { score(Distance::kCosine); }, ErrorCode::kData,
              "gallery features: row 2 (image_2.jpg): found a row of zeros");
}

TEST(ScoreRows, EuclideanNamesRowsThatAreNotFinite) {
  ScoringOptions options;
  options.distance = Distance::kEuclidean;
  const FloatMatrix good = MakeMatrix({{1, 0}});
  for (const float value : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    const FloatMatrix bad = MakeMatrix({{1, 2}, {value, 0}});
    ExpectError(
        [&] {
          ScoreRows(*NewMatrixRows(good.view()), MakeIndex({"p"}, {"a"}),
                    *NewMatrixRows(bad.view()), MakeIndex({"p", "p"}, {"b", "b"}), options);
        },
        ErrorCode::kData, "gallery features: row 1 (image_1.jpg): found NaN or infinity");
  }
}

TEST(ScoreCosine, RefusesShapesThatDoNotFit) {
  const FeatureSet good = MakeSet({{1, 2}}, MakeIndex({"p"}, {"a"}));
  ExpectError(
      [&] {
        ScoreCosine(good, MakeSet({{1, 2, 3}}, MakeIndex({"p"}, {"b"})), {});
      },
      ErrorCode::kData, "widths 2 and 3");
  ExpectError(
      [&] {
        ScoreCosine(good, MakeSet({{1, 2}}, MakeIndex({"p", "p"}, {"b", "b"})), {});
      },
      ErrorCode::kData, "1 rows for 2 images");
  ExpectError([&] { ScoreCosine(good, MakeSet({}, MakeIndex({}, {})), {}); }, ErrorCode::kData, "");
}

TEST(ScoreCell, RefusesIndexesThatDoNotFit) {
  const FloatMatrix distances = MakeMatrix({{1, 2}});
  const FeatureIndex one = MakeIndex({"p"}, {"a"});
  ExpectError([&] { CountDistances(distances, one, MakeIndex({"p"}, {"b"})); }, ErrorCode::kData,
              "1 x 2 scores");
  ExpectError(
      [&] {
        CountDistances(distances, one, MakeIndex({"p", "p"}, {"b"}));
      },
      ErrorCode::kData, "gallery index");
  ExpectError([&] { CountDistances(distances, MakeIndex({}, {}), one); }, ErrorCode::kData,
              "query index");
}

TEST(ScoreCell, SaysWhyNoQueryHasAMatch) {
  const FloatMatrix distances = MakeMatrix({{1, 2}});
  ExpectError(
      [&] {
        CountDistances(distances, MakeIndex({"p"}, {"a"}), MakeIndex({"p", "x"}, {"a", "a"}));
      },
      ErrorCode::kData, "one camera (`a`) throughout query and gallery");
  ExpectError(
      [&] {
        CountDistances(distances, MakeIndex({"p"}, {"a"}), MakeIndex({"p", "x"}, {"a", "b"}));
      },
      ErrorCode::kData, "every match taken by the query's own camera");
  ExpectError(
      [&] {
        CountDistances(distances, MakeIndex({"p"}, {"a"}), MakeIndex({"y", "x"}, {"a", "a"}));
      },
      ErrorCode::kData, "no query identity among the gallery's");
}

TEST(ScoreCell, RefusesScoresThatAreNotFinite) {
  const FloatMatrix query = MakeMatrix({{1, 1}});
  const FloatMatrix gallery = MakeMatrix({{1, 1}, {3e38F, 3e38F}});  // its square overflows
  const eval_test::MatrixSource source(query, gallery, Distance::kEuclidean);
  ExpectError(
      [&] {
        ScoreCell(*source, MakeIndex({"p"}, {"a"}), MakeIndex({"p", "x"}, {"b", "b"}), {});
      },
      ErrorCode::kData,
      "query row 0 (image `image_0.jpg`) and gallery row 1 (image `image_1.jpg`)");
}

// Gives a score other bits every time it is asked, as a library's product may.
class DriftingSource : public BlockSource {
 public:
  size_t queries() const override { return 1; }
  size_t gallery() const override { return 6; }
  void Fill(size_t, size_t, size_t g_begin, size_t g_end, int, float* out) override {
    drift_ += 1e-6F;
    for (size_t g = g_begin; g < g_end; ++g) *out++ = (g < 3 ? 0.75F : 0.25F) + drift_;
  }

 private:
  float drift_ = 0;
};

TEST(StreamScores, AMatchIsNeverBeforeItself) {
  const Relevance relevance(
      MakeIndex({"p"}, {"a"}),
      MakeIndex({"p", "p", "p", "x", "x", "x"}, {"b", "b", "b", "b", "b", "b"}), Policy::kMarket);
  for (const size_t columns : {1, 2, 4, 6}) {
    DriftingSource source;
    const auto counter = NewRankCounter(1, 6);
    BlockConsumer* const consumers[] = {counter.get()};
    StreamScores(source, relevance, {1, columns}, 1, consumers);
    EXPECT_EQ(counter->queries()[0].first_rank, 1U) << columns;
    EXPECT_EQ(counter->queries()[0].last_rank, 3U) << columns;
  }
}

TEST(ScoreCell, RefusesSenselessOptions) {
  const auto score = [](auto change) {
    ScoringOptions options;
    change(options);
    CountDistances(MakeMatrix({{1}}), MakeIndex({"p"}, {"a"}), MakeIndex({"p"}, {"b"}), options);
  };
  ExpectError([&] { score([](ScoringOptions& o) { o.max_rank = 0; }); }, ErrorCode::kUsage,
              "max_rank");
  ExpectError([&] { score([](ScoringOptions& o) { o.block_mb = -1; }); }, ErrorCode::kUsage,
              "block_mb");
  ExpectError(
      [&] {
        score([](ScoringOptions& o) {
          o.policy = Policy::kCuhk03SingleShot;
          o.ties = Ties::kMean;
        });
      },
      ErrorCode::kUsage, "ties in the mean");
}

}  // namespace
}  // namespace bcr
