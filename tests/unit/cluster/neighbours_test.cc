#include "harness/cluster/neighbours.h"

#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <limits>

#include "harness/cluster/row_dot.h"
#include "harness/core/error.h"
#include "tests/unit/cluster/points.h"

namespace bcr {
namespace {

std::vector<int32_t> Ids(const NeighbourTable& table, size_t row) {
  return {table.ids.begin() + row * table.k, table.ids.begin() + (row + 1) * table.k};
}

// Everything sorted, nothing skipped.
void ExpectExact(const FloatMatrix& rows, const NeighbourTable& table) {
  for (size_t i = 0; i < rows.rows(); ++i) {
    std::vector<int32_t> order(rows.rows());
    for (size_t j = 0; j < order.size(); ++j) order[j] = static_cast<int32_t>(j);
    std::vector<float> score(rows.rows());
    for (size_t j = 0; j < order.size(); ++j)
      score[j] = RowDot(rows.row(i), rows.row(j), rows.cols());
    std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
      if ((a == static_cast<int32_t>(i)) != (b == static_cast<int32_t>(i)))
        return a == static_cast<int32_t>(i);
      return score[a] > score[b];
    });
    order.resize(table.k);
    ASSERT_EQ(Ids(table, i), order) << "row " << i;
    for (int t = 0; t < table.k; ++t)
      ASSERT_EQ(table.similarities[i * table.k + t], score[order[t]]);
  }
}

TEST(RowDot, IsTheInnerProductAndSymmetric) {
  Random random(1);
  for (const size_t size : {0, 1, 15, 16, 17, 100, 2048}) {
    std::vector<float> a(size), b(size);
    double expected = 0, bound = 0;
    for (size_t i = 0; i < size; ++i) {
      a[i] = static_cast<float>(random.Normal());
      b[i] = static_cast<float>(random.Normal());
      expected += static_cast<double>(a[i]) * b[i];
      bound += std::abs(static_cast<double>(a[i]) * b[i]);
    }
    EXPECT_NEAR(RowDot(a.data(), b.data(), size), expected, 1e-6 * bound);
    EXPECT_EQ(RowDot(a.data(), b.data(), size), RowDot(b.data(), a.data(), size));
  }
}

TEST(NearestRows, ExampleA) {
  const FloatMatrix rows = ExampleA();
  const NeighbourTable table = NearestRows(rows.view(), 3, 1);
  const int32_t expected[8][3] = {{0, 1, 2}, {1, 0, 2}, {2, 1, 3}, {3, 2, 1},
                                  {4, 5, 6}, {5, 4, 6}, {6, 5, 4}, {7, 6, 5}};
  for (size_t i = 0; i < 8; ++i)
    EXPECT_EQ(Ids(table, i), std::vector<int32_t>(expected[i], expected[i] + 3));
  EXPECT_NEAR(2 - 2 * table.similarities[1], 0.014908, 1e-6);
}

TEST(NearestRows, ExampleB) {
  const FloatMatrix rows = ExampleB();
  const NeighbourTable table = NearestRows(rows.view(), 6, 1);
  const std::vector<std::vector<int32_t>> expected = {
      {0, 1, 2, 3, 4, 5}, {1, 0, 2, 3, 4, 5}, {2, 3, 1, 4, 0, 5}, {3, 4, 2, 5, 6, 7},
      {4, 5, 3, 6, 7, 8}, {5, 6, 7, 4, 8, 9}, {6, 5, 7, 8, 4, 9}, {7, 8, 6, 5, 9, 4},
      {8, 7, 9, 6, 5, 4}, {9, 8, 7, 6, 5, 4}};
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(Ids(table, i), expected[i]) << i;
}

TEST(NearestRows, EqualsAFullSort) {
  const FloatMatrix rows = NoisyIdentities(700, 40, 60, 0.5, 2);
  for (const int k : {1, 2, 30, 120}) ExpectExact(rows, NearestRows(rows.view(), k, 2));
}

TEST(NearestRows, MoreQueriesThanOneBlock) {
  const FloatMatrix rows = NoisyIdentities(2500, 8, 100, 0.3, 2);
  ExpectExact(rows, NearestRows(rows.view(), 7, 2));
}

TEST(NearestRows, ExactCopiesGoByRowWithSelfFirst) {
  const FloatMatrix distinct = NoisyIdentities(20, 33, 20, 0.1, 3);
  FloatMatrix rows(400, 33);  // every vector twenty times, spread out
  for (size_t i = 0; i < 400; ++i) std::copy_n(distinct.row(i % 20), 33, rows.row(i));
  const NeighbourTable table = NearestRows(rows.view(), 10, 2);
  ExpectExact(rows, table);
  EXPECT_EQ(Ids(table, 395), (std::vector<int32_t>{395, 15, 35, 55, 75, 95, 115, 135, 155, 175}));
}

TEST(NearestRows, CollapsedFeaturesStayOrdered) {
  FloatMatrix rows(300, 16);
  for (size_t i = 0; i < 300; ++i) rows.row(i)[3] = 1.0F;
  ExpectExact(rows, NearestRows(rows.view(), 4, 2));
}

TEST(NearestRows, SameBitsForEveryThreadCountAndOpenMpIsLeftAsItWas) {
  const FloatMatrix rows = NoisyIdentities(900, 64, 50, 0.8, 4);
  const int before = omp_get_max_threads();
  const NeighbourTable one = NearestRows(rows.view(), 25, 1);
  for (const int threads : {2, 3, 7}) {
    const NeighbourTable many = NearestRows(rows.view(), 25, threads);
    EXPECT_EQ(one.ids, many.ids);
    EXPECT_EQ(one.similarities, many.similarities);
  }
  EXPECT_EQ(omp_get_max_threads(), before);
}

TEST(NearestRows, EdgesOfTheInput) {
  const FloatMatrix rows = ExampleA();
  EXPECT_EQ(NearestRows(rows.view(), 100, 1).k, 8);
  EXPECT_EQ(NearestRows(FloatMatrix().view(), 5, 1).rows(), 0U);
  EXPECT_EQ(NearestRows(OnCircle({3}).view(), 5, 1).ids, std::vector<int32_t>{0});
  EXPECT_THROW(NearestRows(rows.view(), 0, 1), Error);
  FloatMatrix broken = ExampleA();
  broken.row(4)[1] = std::numeric_limits<float>::quiet_NaN();
  try {
    NearestRows(broken.view(), 3, 1);
    FAIL() << "a row that is not a number has no neighbours";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kData);
    EXPECT_NE(std::string(error.what()).find("row 4"), std::string::npos);
  }
}

}  // namespace
}  // namespace bcr
