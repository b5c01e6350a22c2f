#include "harness/cluster/centroids.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace bcr {
namespace {

FloatMatrix Rows(const std::vector<std::vector<float>>& values) {
  FloatMatrix rows(values.size(), values[0].size());
  for (size_t i = 0; i < values.size(); ++i)
    std::copy(values[i].begin(), values[i].end(), rows.row(i));
  return rows;
}

TEST(UnitCentroids, InitialMemoryOfClusterContrast) {
  const FloatMatrix rows = Rows({{1, 0}, {0.8F, 0.6F}, {0, 1}, {0.28F, 0.96F}, {-0.6F, 0.8F}});
  const FloatMatrix memory = UnitCentroids(rows.view(), {0, 0, 1, 1, -1}, 2);
  ASSERT_EQ(memory.rows(), 2U);
  EXPECT_NEAR(memory.row(0)[0], 0.948683, 1e-6);
  EXPECT_NEAR(memory.row(0)[1], 0.316228, 1e-6);
  EXPECT_NEAR(memory.row(1)[0], 0.141421, 1e-6);
  EXPECT_NEAR(memory.row(1)[1], 0.989949, 1e-6);
}

TEST(UnitCentroids, LabelsWithoutADirectionGiveZeroRows) {
  const FloatMatrix rows = Rows({{1, 0}, {-1, 0}, {0, 1}});
  const FloatMatrix memory = UnitCentroids(rows.view(), {0, 0, 2}, 3);
  EXPECT_EQ(memory.row(0)[0], 0.0F);
  EXPECT_EQ(memory.row(1)[1], 0.0F);
  EXPECT_EQ(memory.row(2)[1], 1.0F);
}

TEST(LabelCount, IsOneBeyondTheLargest) {
  EXPECT_EQ(LabelCount({-1, 4, 0}), 5);
  EXPECT_EQ(LabelCount({-1, -1}), 0);
  EXPECT_EQ(LabelCount({}), 0);
}

}  // namespace
}  // namespace bcr
