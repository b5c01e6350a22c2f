#include "harness/core/matrix.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/time_split.h"

namespace bcr {
namespace {

TEST(Matrix, StartsAtZeroAndIsRowMajor) {
  FloatMatrix matrix(2, 3);
  matrix.row(1)[2] = 5.0F;
  EXPECT_EQ(matrix.data()[5], 5.0F);
  EXPECT_EQ(matrix.data()[0], 0.0F);
  EXPECT_EQ(matrix.view().row(1)[2], 5.0F);
}

TEST(NormalizeRows, GivesUnitRowsAndLeavesZeroRows) {
  FloatMatrix matrix(3, 2);
  matrix.row(0)[0] = 3.0F;
  matrix.row(0)[1] = 4.0F;
  matrix.row(2)[0] = 1e30F;  // its square overflows float32
  NormalizeRows(matrix);
  EXPECT_FLOAT_EQ(matrix.row(0)[0], 0.6F);
  EXPECT_FLOAT_EQ(matrix.row(0)[1], 0.8F);
  EXPECT_EQ(matrix.row(1)[0], 0.0F);
  EXPECT_EQ(matrix.row(2)[0], 1.0F);
}

TEST(TimeSplit, AddsUpPerKind) {
  TimeSplit split;
  split.Add("data", 1.5);
  split.Add("data", 2.0);
  { const ScopedTime timer(split, "scoring"); }
  EXPECT_EQ(split.seconds().at("data"), 3.5);
  EXPECT_GE(split.seconds().at("scoring"), 0.0);
  EXPECT_LT(split.seconds().at("scoring"), 60.0);
}

}  // namespace
}  // namespace bcr
