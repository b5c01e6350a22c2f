#include "harness/eval/upgrade/upgrade_matrix.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "tests/unit/eval/upgrade_test_util.h"

namespace bcr {
namespace {

using eval_test::CellOfAp;
using eval_test::Names;
using Matrix = std::vector<std::vector<std::optional<double>>>;

TEST(UpgradeMatrix, ByHand) {
  const MatrixScores scores = ScoreMatrix(Matrix{{.60}, {.62, .70}, {.58, .72, .75}});
  EXPECT_NEAR(*scores.ac.value, 2.0 / 3, 1e-15);
  EXPECT_NEAR(*scores.am.value, .661667, 1e-6);
  EXPECT_NEAR(*scores.bc.value, 0, 1e-15);
  EXPECT_NEAR(*scores.fc.value, -.055, 1e-15);
  EXPECT_FALSE(scores.ac_decided.value);
}

// The matrix of CL2R's summary: AC 2/3, BC -0.5, FC -3.5 (points).
TEST(UpgradeMatrix, InPoints) {
  const MatrixScores scores = ScoreMatrix(Matrix{{60}, {62, 65}, {58, 66, 70}});
  EXPECT_NEAR(*scores.ac.value, 2.0 / 3, 1e-15);
  EXPECT_NEAR(*scores.bc.value, -.5, 1e-12);
  EXPECT_NEAR(*scores.fc.value, -3.5, 1e-12);
}

TEST(UpgradeMatrix, ATieFailsAndAZeroCounts) {
  const MatrixScores scores = ScoreMatrix(Matrix{{.5}, {.5, 0.0}});
  EXPECT_EQ(*scores.ac.value, 0);
  EXPECT_NEAR(*scores.am.value, 1.0 / 3, 1e-15);
}

TEST(UpgradeMatrix, OneModelHasNoPair) {
  const MatrixScores scores = ScoreMatrix(Matrix{{.5}});
  EXPECT_EQ(*scores.am.value, .5);
  for (const Estimate* estimate : {&scores.ac, &scores.bc, &scores.fc}) {
    EXPECT_FALSE(estimate->value);
    EXPECT_EQ(estimate->reason, "one model: no pair of models");
  }
}

TEST(UpgradeMatrix, AGapIsAGap) {
  const MatrixScores scores = ScoreMatrix(Matrix{{.6}, {{}, .7}, {.58, .72, .75}});
  EXPECT_FALSE(scores.am.value);
  EXPECT_EQ(scores.am.reason, "query model 2 on the gallery of model 1 was not measured");
  EXPECT_FALSE(scores.ac.value);
  EXPECT_FALSE(scores.fc.value);
  EXPECT_TRUE(scores.bc.value);  // needs the last row and the diagonal alone
}

TEST(UpgradeMatrix, Refuses) {
  EXPECT_THROW(ScoreMatrix(Matrix{}), Error);
  EXPECT_THROW(ScoreMatrix(Matrix{{.5}, {.5}}), Error);
  EXPECT_THROW(ScoreMatrix(Matrix{{.5, .5}}), Error);
}

TEST(UpgradeMatrix, CellsAgreeWithTheirValuesAndHaveIntervals) {
  const auto cell = [](double mean, double spread) {
    std::vector<double> ap;
    for (int i = 0; i < 20; ++i) ap.push_back(mean + (i % 2 == 0 ? spread : -spread));
    return CellOfAp(ap);
  };
  // (2, 1) is better for sure; (3, 2) by so little against its spread that it is not decided.
  const CellScores c11 = cell(.60, 0), c21 = cell(.62, .01), c22 = cell(.70, 0),
                   c31 = cell(.58, .01), c32 = cell(.72, .25), c33 = cell(.75, 0);
  const MatrixScores scores =
      ScoreMatrix({{&c11}, {&c21, &c22}, {&c31, &c32, &c33}}, Names(20, 20), {});
  EXPECT_NEAR(*scores.ac.value, 2.0 / 3, 1e-15);
  EXPECT_NEAR(*scores.ac_decided.value, 1.0 / 3, 1e-15);
  EXPECT_NEAR(*scores.am.value, .661667, 1e-6);
  EXPECT_NEAR(*scores.bc.value, 0, 1e-12);
  EXPECT_NEAR(*scores.fc.value, -.055, 1e-12);
  EXPECT_LT(*scores.fc.low, -.055);
  EXPECT_GT(*scores.fc.high, -.055);
  EXPECT_THROW(ScoreMatrix({{&c11}, {&c21, &c22}}, Names(19, 19), {}), Error);
}

TEST(UpgradeMatrix, UnmeasuredCells) {
  const CellScores cell = CellOfAp({.25, .5, .75});
  const MatrixScores scores = ScoreMatrix({{&cell}, {nullptr, &cell}}, Names(3, 3), {});
  EXPECT_FALSE(scores.ac.value);
  EXPECT_FALSE(scores.ac_decided.value);
  EXPECT_FALSE(scores.bc.value);
  const MatrixScores one = ScoreMatrix({{&cell}}, Names(3, 3), {});
  EXPECT_EQ(*one.am.value, .5);
  EXPECT_TRUE(one.am.low);
}

}  // namespace
}  // namespace bcr
