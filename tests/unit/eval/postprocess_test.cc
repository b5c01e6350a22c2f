#include <gtest/gtest.h>

#include "eval_test_util.h"

namespace bcr {
namespace {

using eval_test::MakeMatrix;

// Extraction with a mirrored pass stores the sum of both features; scoring divides by its length.
TEST(FlipAveraging, SumsThenNormalises) {
  const FloatMatrix plain = MakeMatrix({{3, 0}}), mirrored = MakeMatrix({{0, 1}});
  FloatMatrix sum = MakeMatrix({{plain.row(0)[0] + mirrored.row(0)[0],  //
                                 plain.row(0)[1] + mirrored.row(0)[1]}});
  NormalizeRows(sum);
  EXPECT_NEAR(sum.row(0)[0], 0.948683, 1e-6);  // and not 0.707107
  EXPECT_NEAR(sum.row(0)[1], 0.316228, 1e-6);
}

}  // namespace
}  // namespace bcr
