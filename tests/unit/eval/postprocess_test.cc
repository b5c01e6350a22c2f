#include <gtest/gtest.h>

#include <cmath>

#include "eval_test_util.h"
#include "harness/core/error.h"
#include "harness/eval/postprocess/query_expansion.h"
#include "harness/eval/statistics/verification.h"

namespace bcr {
namespace {

using eval_test::MakeMatrix;

TEST(QueryExpansion, PublishedVector) {
  const FloatMatrix features = MakeMatrix({{1, 0}, {.8F, .6F}, {.6F, .8F}, {0, 1}, {-1, 0}});
  const FloatMatrix expected = MakeMatrix({{.513067F, .16F},
                                           {.614281F, .43593F},
                                           {.43593F, .614281F},
                                           {.16F, .513067F},
                                           {-.376533F, -.0576F}});
  const FloatMatrix found =
      ExpandRows(*NewMatrixRows(features.view()), {.k = 3, .alpha = 3, .block_mb = 1});
  for (size_t i = 0; i < 10; ++i) EXPECT_NEAR(found.data()[i], expected.data()[i], 1e-6) << i;
}

TEST(QueryExpansion, ANegativeCosineHasNoBrokenPower) {
  const FloatMatrix features = MakeMatrix({{1, 0}, {-1, .25F}});
  const FloatMatrix found = ExpandRows(*NewMatrixRows(features.view()), {.k = 2, .alpha = 2.5});
  EXPECT_EQ(found.row(0)[0], 0.5F);
  EXPECT_EQ(found.row(0)[1], 0.0F);
  EXPECT_THROW(ExpandRows(*NewMatrixRows(features.view()), {.k = 0}), Error);
  EXPECT_THROW(ExpandRows(*NewMatrixRows(features.view()), {.alpha = std::nan("")}), Error);
}

// Extraction with a mirrored pass stores the sum of both features; scoring divides by its length.
TEST(FlipAveraging, SumsThenNormalises) {
  const FloatMatrix plain = MakeMatrix({{3, 0}}), mirrored = MakeMatrix({{0, 1}});
  FloatMatrix sum = MakeMatrix({{plain.row(0)[0] + mirrored.row(0)[0],  //
                                 plain.row(0)[1] + mirrored.row(0)[1]}});
  NormalizeRows(sum);
  EXPECT_NEAR(sum.row(0)[0], 0.948683, 1e-6);  // and not 0.707107
  EXPECT_NEAR(sum.row(0)[1], 0.316228, 1e-6);
}

TEST(Verification, PublishedVector) {
  const Verification pairs(std::vector<float>{.60F, .10F, .35F, .20F},
                           std::vector<float>{.90F, .30F, .50F, .55F, .70F, .80F});
  const struct {
    float threshold;
    double tar, far;
  } points[] = {{.10F, .25, 0},       {.20F, .5, 0},   {.30F, .5, 1.0 / 6}, {.35F, .75, 1.0 / 6},
                {.50F, .75, 1.0 / 3}, {.55F, .75, .5}, {.60F, 1, .5},       {.70F, 1, 2.0 / 3},
                {.80F, 1, 5.0 / 6},   {.90F, 1, 1}};
  for (const auto& point : points) {
    EXPECT_DOUBLE_EQ(pairs.At(point.threshold).tar, point.tar) << point.threshold;
    EXPECT_DOUBLE_EQ(pairs.At(point.threshold).far, point.far) << point.threshold;
  }
  // FastReID calls the share of rejected impostors "TPR" and of rejected genuine pairs "FPR", and
  // rejects at the threshold itself: the complements of our rates just below it.
  const double tpr[] = {1, 1, 1, 5.0 / 6, 5.0 / 6, 2.0 / 3, .5, .5, 1.0 / 3, 1.0 / 6};
  const double fpr[] = {1, .75, .5, .5, .25, .25, .25, 0, 0, 0};
  for (size_t i = 0; i < std::size(points); ++i) {
    const AcceptRates below = pairs.At(std::nextafter(points[i].threshold, 0.0F));
    EXPECT_DOUBLE_EQ(1 - below.far, tpr[i]) << points[i].threshold;
    EXPECT_DOUBLE_EQ(1 - below.tar, fpr[i]) << points[i].threshold;
  }
  // Open Metric Learning's FNMR at FMR .1, .2 and .5, at its interpolated thresholds.
  const std::pair<float, double> fnmr[] = {{.40F, .25}, {.50F, .25}, {.625F, 0}};
  for (const auto& [threshold, share] : fnmr) {
    EXPECT_DOUBLE_EQ(1 - pairs.At(std::nextafter(threshold, 0.0F)).tar, share) << threshold;
  }
  const std::pair<double, double> at[] = {{0, .5},    {.1, .5}, {.2, .75},
                                          {.34, .75}, {.5, 1},  {1, 1}};
  for (const auto& [far, tar] : at) EXPECT_DOUBLE_EQ(pairs.TarAtFar(far), tar) << far;
}

TEST(Verification, RefusesWhatHasNoRate) {
  const std::vector<float> some = {.5F}, none, broken = {std::nanf("")};
  EXPECT_THROW(Verification(none, some), Error);
  EXPECT_THROW(Verification(some, none), Error);
  EXPECT_THROW(Verification(some, broken), Error);
  EXPECT_THROW(Verification(some, some).TarAtFar(1.5), Error);
}

}  // namespace
}  // namespace bcr
