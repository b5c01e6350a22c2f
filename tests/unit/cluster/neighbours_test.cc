#include "harness/cluster/neighbours/neighbours.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "harness/cluster/row_dot.h"
#include "harness/core/error.h"
#include "harness/eval/block_source.h"
#include "tests/unit/cluster/points.h"

namespace bcr {
namespace {

std::vector<int32_t> Ids(const NeighbourTable& table, size_t row) {
  return {table.ids.begin() + row * table.k, table.ids.begin() + (row + 1) * table.k};
}

// Everything sorted, nothing skipped: of one product of all rows by all.
void ExpectExact(const FloatMatrix& rows, const NeighbourTable& table) {
  const size_t n = rows.rows();
  const auto source = NewMatrixRows(rows.view());
  std::vector<float> scores(n * n);
  NewCpuInnerProducts(*source, *source)->Fill(0, n, 0, n, 1, scores.data());
  for (size_t i = 0; i < rows.rows(); ++i) {
    std::vector<int32_t> order(rows.rows());
    for (size_t j = 0; j < order.size(); ++j) order[j] = static_cast<int32_t>(j);
    const float* const score = scores.data() + i * n;
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
  const NeighbourTable table = NearestRows(rows.view(), {.k = 3, .threads = 1});
  const int32_t expected[8][3] = {{0, 1, 2}, {1, 0, 2}, {2, 1, 3}, {3, 2, 1},
                                  {4, 5, 6}, {5, 4, 6}, {6, 5, 4}, {7, 6, 5}};
  for (size_t i = 0; i < 8; ++i)
    EXPECT_EQ(Ids(table, i), std::vector<int32_t>(expected[i], expected[i] + 3));
  EXPECT_NEAR(2 - 2 * table.similarities[1], 0.014908, 1e-6);
}

TEST(NearestRows, ExampleB) {
  const FloatMatrix rows = ExampleB();
  const NeighbourTable table = NearestRows(rows.view(), {.k = 6, .threads = 1});
  const std::vector<std::vector<int32_t>> expected = {
      {0, 1, 2, 3, 4, 5}, {1, 0, 2, 3, 4, 5}, {2, 3, 1, 4, 0, 5}, {3, 4, 2, 5, 6, 7},
      {4, 5, 3, 6, 7, 8}, {5, 6, 7, 4, 8, 9}, {6, 5, 7, 8, 4, 9}, {7, 8, 6, 5, 9, 4},
      {8, 7, 9, 6, 5, 4}, {9, 8, 7, 6, 5, 4}};
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(Ids(table, i), expected[i]) << i;
}

TEST(NearestRows, EqualsAFullSort) {
  const FloatMatrix rows = NoisyIdentities(700, 40, 60, 0.5, 2);
  for (const int k : {1, 2, 30, 120})
    ExpectExact(rows, NearestRows(rows.view(), {.k = k, .threads = 2}));
}

TEST(NearestRows, MoreRowsThanOneBlock) {
  const FloatMatrix rows = NoisyIdentities(2500, 8, 100, 0.3, 2);
  ExpectExact(rows, NearestRows(rows.view(), {.k = 7, .threads = 2}));
}

TEST(NearestRows, ExactCopiesGoByRowWithSelfFirst) {
  const FloatMatrix distinct = NoisyIdentities(20, 33, 20, 0.1, 3);
  FloatMatrix rows(400, 33);  // every vector twenty times, spread out
  for (size_t i = 0; i < 400; ++i) std::copy_n(distinct.row(i % 20), 33, rows.row(i));
  const NeighbourTable table = NearestRows(rows.view(), {.k = 10, .threads = 2});
  ExpectExact(rows, table);
  EXPECT_EQ(Ids(table, 395), (std::vector<int32_t>{395, 15, 35, 55, 75, 95, 115, 135, 155, 175}));
}

TEST(NearestRows, CollapsedFeaturesStayOrdered) {
  FloatMatrix rows(300, 16);
  for (size_t i = 0; i < 300; ++i) rows.row(i)[3] = 1.0F;
  ExpectExact(rows, NearestRows(rows.view(), {.k = 4, .threads = 2}));
}

TEST(NearestRows, SameBitsForEveryThreadCount) {
  const FloatMatrix rows = NoisyIdentities(900, 64, 50, 0.8, 4);
  const NeighbourTable one = NearestRows(rows.view(), {.k = 25, .threads = 1});
  for (const int threads : {2, 3, 7}) {
    const NeighbourTable many = NearestRows(rows.view(), {.k = 25, .threads = threads});
    EXPECT_EQ(one.ids, many.ids);
    EXPECT_EQ(one.similarities, many.similarities);
  }
}

TEST(NearestRows, TheLeastSimilarityIsThatOfTheFarthestRow) {
  const FloatMatrix rows = NoisyIdentities(2300, 8, 40, 0.5, 6);
  EXPECT_TRUE(NearestRows(rows.view(), {.k = 3}).least.empty());
  const NeighbourTable all = NearestRows(rows.view(), {.k = 2300, .least = true});
  for (size_t i = 0; i < rows.rows(); ++i)
    ASSERT_EQ(all.least[i], all.similarities[(i + 1) * 2300 - 1]) << i;
}

TEST(NearestRows, ProgressCountsEveryPairOnce) {
  const FloatMatrix rows = NoisyIdentities(4500, 4, 40, 0.5, 6);
  std::vector<int64_t> seen;
  NearestRows(rows.view(), {.k = 3, .progress = [&](int64_t done, int64_t total) {
                              EXPECT_EQ(total, int64_t{4500} * 4501 / 2);
                              seen.push_back(done);
                            }});
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(seen.back(), int64_t{4500} * 4501 / 2);
}

TEST(NearestRows, ZeroRowsAreNoError) {
  FloatMatrix rows = ExampleA();
  for (const size_t i : {2, 5}) rows.row(i)[0] = rows.row(i)[1] = 0.0F;
  ExpectExact(rows, NearestRows(rows.view(), {.k = 4}));
}

// An index that looks at everything finds what the exact search finds.
TEST(ApproximateNeighbours, AFlatIndexIsExact) {
  const FloatMatrix rows = NoisyIdentities(600, 24, 40, 0.5, 7);
  const NeighbourTable exact = NearestRows(rows.view(), {.k = 12});
  const NeighbourTable flat = NearestRows(rows.view(), {.k = 12, .search = "Flat"});
  EXPECT_EQ(exact.ids, flat.ids);
  for (size_t at = 0; at < exact.similarities.size(); ++at)
    ASSERT_NEAR(exact.similarities[at], flat.similarities[at], 1e-6);
}

// One list of sixteen holds fewer rows than are asked for.
TEST(ApproximateNeighbours, MissingNeighboursAreMarked) {
  const FloatMatrix rows = NoisyIdentities(320, 24, 40, 0.5, 7);
  const NeighbourTable table =
      NearestRows(rows.view(), {.k = 100, .search = "IVF16,Flat:nprobe=1"});
  size_t missing = 0;
  for (size_t i = 0; i < table.rows(); ++i) {
    ASSERT_EQ(table.ids[i * 100], static_cast<int32_t>(i));
    bool ended = false;
    for (size_t t = 1; t < 100; ++t) {
      const bool none = table.ids[i * 100 + t] == NeighbourTable::kNoRow;
      ASSERT_TRUE(none || !ended) << "a row behind the end of the list";
      ended = none;
      missing += none ? 1 : 0;
    }
  }
  EXPECT_GT(missing, 0U);
}

TEST(ApproximateNeighbours, DoNotKnowTheFarthestRow) {
  const FloatMatrix rows = ExampleA();
  EXPECT_THROW(NearestRows(rows.view(), {.k = 3, .least = true, .search = "Flat"}), Error);
}

TEST(NearestRows, EdgesOfTheInput) {
  const FloatMatrix rows = ExampleA();
  EXPECT_EQ(NearestRows(rows.view(), {.k = 100, .threads = 1}).k, 8);
  EXPECT_EQ(NearestRows(FloatMatrix().view(), {.k = 5, .threads = 1}).rows(), 0U);
  EXPECT_EQ(NearestRows(OnCircle({3}).view(), {.k = 5, .threads = 1}).ids, std::vector<int32_t>{0});
  EXPECT_THROW(NearestRows(rows.view(), {.k = 0, .threads = 1}), Error);
  FloatMatrix broken = ExampleA();
  broken.row(4)[1] = std::numeric_limits<float>::quiet_NaN();
  try {
    NearestRows(broken.view(), {.k = 3, .threads = 1});
    FAIL() << "a row that is not a number has no neighbours";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kData);
    EXPECT_NE(std::string(error.what()).find("row 4"), std::string::npos);
  }
}

}  // namespace
}  // namespace bcr
