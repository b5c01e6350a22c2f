#include "harness/adapt/pair_moments.h"

#include <gmock/gmock.h>

#include <cmath>

#include "harness/adapt/fit_data.h"
#include "tests/unit/adapt/random_rows.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using test::Own;
using test::RandomRows;
using testing::ElementsAre;
using testing::HasSubstr;

FitData Pairs(FloatMatrix from, FloatMatrix to) {
  FitData data;
  data.from = Own(std::move(from));
  data.to = Own(std::move(to));
  return data;
}

FitData ByHand() {
  FloatMatrix from(3, 2), to(3, 1);
  const float x[] = {3, 4, 1, 0, 5, -2}, y[] = {2, 4, -3};
  std::copy_n(x, 6, from.data());
  std::copy_n(y, 3, to.data());
  return Pairs(std::move(from), std::move(to));
}

TEST(PairMoments, AddsUpByHand) {
  const PairMoments sums = SumPairs(ByHand(), {});
  EXPECT_EQ(sums.rows, 3U);
  EXPECT_THAT(sums.cross, ElementsAre(3 * 2 + 1 * 4 - 5 * 3, 4 * 2 + 2 * 3));
  EXPECT_EQ(sums.square_from, 9 + 16 + 1 + 25 + 4);
  EXPECT_EQ(sums.square_to, 4 + 16 + 9);
  EXPECT_THAT(sums.mean_from, ElementsAre(0, 0));
}

TEST(PairMoments, CentresAndLeavesInvalidRowsOut) {
  FitData data = ByHand();
  data.valid = {true, true, false};
  const PairMoments sums = SumPairs(data, {.centre = true});
  EXPECT_EQ(sums.rows, 2U);
  EXPECT_THAT(sums.mean_from, ElementsAre(2, 2));
  EXPECT_THAT(sums.mean_to, ElementsAre(3));
  EXPECT_THAT(sums.cross, ElementsAre(-1 - 1, -2 - 2));
}

TEST(PairMoments, TheOffsetMapsMeanToMean) {
  const PairMoments sums = SumPairs(ByHand(), {.centre = true});  // means (3, 2/3) and 1
  FloatMatrix weights(1, 2);
  weights.row(0)[0] = 2;
  weights.row(0)[1] = -3;
  EXPECT_FLOAT_EQ(MeanOffset(sums, weights).row(0)[0], 1 - (2 * 3 - 3 * 2.0F / 3));
}

TEST(PairMoments, UnitRowsHaveLengthOne) {
  const PairMoments sums = SumPairs(ByHand(), {.unit_rows = true});
  EXPECT_NEAR(sums.square_from, 3, 1e-15);
  EXPECT_NEAR(sums.cross[0], 0.6 + 1 - 5 / std::sqrt(29.0), 1e-15);
  FitData data = ByHand();
  data.from = Own(FloatMatrix(3, 2));
  const Error error = test::CatchError([&] { SumPairs(data, {.unit_rows = true}); });
  EXPECT_EQ(error.code(), ErrorCode::kData);
  EXPECT_THAT(error.what(), HasSubstr("row 0 counted from 0"));
}

// 1 + 1e-12 of a large mean: sums that are corrected afterwards would lose it.
TEST(PairMoments, CentringKeepsWhatALargeMeanHides) {
  constexpr size_t kRows = 1000;
  FloatMatrix from(kRows, 1);
  for (size_t i = 0; i < kRows; ++i) from.row(i)[0] = 4096.0F + (i % 2 == 0 ? 0.5F : -0.5F) / 512;
  const FloatMatrix to = from;
  const PairMoments sums = SumPairs(Pairs(std::move(from), to), {.centre = true});
  EXPECT_NEAR(sums.cross[0] / (kRows * 0.25 / 512 / 512), 1, 1e-9);
}

TEST(PairMoments, EveryThreadCountGivesTheSameBits) {
  FitData data = Pairs(RandomRows(700, 150, 1), RandomRows(700, 33, 2));
  data.threads = 1;
  const PairMoments one = SumPairs(data, {.unit_rows = true, .centre = true});
  for (const int threads : {2, 5}) {
    data.threads = threads;
    const PairMoments more = SumPairs(data, {.unit_rows = true, .centre = true});
    EXPECT_EQ(one.cross, more.cross);
    EXPECT_EQ(one.mean_from, more.mean_from);
    EXPECT_EQ(one.square_to, more.square_to);
  }
}

TEST(PairMoments, AgreesWithAPlainLoop) {
  const FloatMatrix from = RandomRows(600, 70, 3), to = RandomRows(600, 21, 4);
  const PairMoments sums = SumPairs(Pairs(from, to), {});
  for (size_t i = 0; i < 70; ++i) {
    for (size_t j = 0; j < 21; ++j) {
      double sum = 0;
      for (size_t r = 0; r < 600; ++r) sum += static_cast<double>(from.row(r)[i]) * to.row(r)[j];
      ASSERT_NEAR(sums.cross[i * 21 + j], sum, 1e-11);
    }
  }
}

}  // namespace
}  // namespace bcr
