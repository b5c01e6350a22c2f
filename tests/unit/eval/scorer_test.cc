#include "harness/eval/scorer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "eval_test_util.h"
#include "harness/core/error.h"

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
}

TEST(Policy, JunkAndDistractorQueriesAreInvalidUnderMarketOnly) {
  const FeatureIndex query = MakeIndex({"-1", "0", "0000", "5"}, {"a", "a", "a", "a"});
  const FeatureIndex gallery = MakeIndex({"-1", "0", "0000", "5"}, {"b", "b", "b", "b"});
  const FloatMatrix distances =
      MakeMatrix({{1, 2, 3, 4}, {1, 2, 3, 4}, {1, 2, 3, 4}, {1, 2, 3, 4}});
  const CellScores market = CountDistances(distances, query, gallery);
  EXPECT_EQ(market.valid_queries, 1u);
  EXPECT_EQ(market.gallery_size, 3u);
  EXPECT_EQ(market.queries[3].first_rank, 3u);  // junk is gone, both distractors are before it
  ScoringOptions options;
  options.policy = Policy::kNone;
  const CellScores none = CountDistances(distances, query, gallery, options);
  EXPECT_EQ(none.valid_queries, 4u);
  EXPECT_EQ(none.gallery_size, 4u);
  EXPECT_EQ(none.queries[2].first_rank, 3u);
  EXPECT_TRUE(SameBits(none, ScoreReference(distances.view(), query, gallery, options)));
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
  ExpectError([&] { CountDistances(distances, one, one); }, ErrorCode::kData, "1 x 2 scores");
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
      ErrorCode::kData, "One camera throughout?");
  ExpectError(
      [&] {
        CountDistances(distances, MakeIndex({"p"}, {"a"}), MakeIndex({"y", "x"}, {"a", "a"}));
      },
      ErrorCode::kData, "no query identity among the gallery's");
}

TEST(ScoreCell, RefusesScoresThatAreNotFinite) {
  const FloatMatrix query = MakeMatrix({{1, 1}});
  const FloatMatrix gallery = MakeMatrix({{1, 1}, {3e38F, 3e38F}});
  const auto source = NewCpuBlockSource(query.view(), gallery.view());
  ExpectError(
      [&] {
        ScoreCell(*source, MakeIndex({"p"}, {"a"}), MakeIndex({"p", "x"}, {"b", "b"}), {});
      },
      ErrorCode::kData, "query row 0 and gallery row 1");
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
}

}  // namespace
}  // namespace bcr
