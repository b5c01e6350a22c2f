#include "harness/cluster/jaccard/jaccard.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "harness/core/error.h"
#include "tests/unit/cluster/points.h"

namespace bcr {
namespace {

constexpr float kAlmostOne = 0.999999F;

SparseGraph Distances(const FloatMatrix& rows, int k1, int k2, float bound = kAlmostOne,
                      int threads = 1, JaccardVariant variant = JaccardVariant::kFaiss) {
  JaccardOptions options;
  options.variant = variant;
  options.k1 = k1;
  options.k2 = k2;
  options.max_distance = bound;
  options.threads = threads;
  return KReciprocalJaccard(rows.view(), options);
}

using Pair = std::pair<std::pair<size_t, size_t>, double>;

// Every listed pair has its distance, every other pair 1.
void ExpectDistances(const SparseGraph& graph, const std::vector<Pair>& pairs) {
  std::vector<std::vector<double>> expected(graph.rows(), std::vector<double>(graph.rows(), 1.0));
  for (const auto& [pair, distance] : pairs) expected[pair.first][pair.second] = distance;
  for (size_t i = 0; i < graph.rows(); ++i) {
    for (size_t j = i + 1; j < graph.rows(); ++j) {
      EXPECT_NEAR(DistanceOf(graph, i, j), expected[i][j], 1e-5) << i << ", " << j;
      EXPECT_EQ(DistanceOf(graph, i, j), DistanceOf(graph, j, i));
    }
  }
}

TEST(Jaccard, ExampleA) {
  ExpectDistances(Distances(ExampleA(), 3, 2), {{{0, 1}, 0},
                                                {{0, 2}, 0.500934},
                                                {{1, 2}, 0.500934},
                                                {{0, 3}, 0.802925},
                                                {{1, 3}, 0.802925},
                                                {{2, 3}, 0.503638},
                                                {{4, 5}, 0},
                                                {{4, 6}, 0.044880},
                                                {{5, 6}, 0.044880},
                                                {{4, 7}, 0.666667},
                                                {{5, 7}, 0.666667},
                                                {{6, 7}, 0.666667}});
}

TEST(Jaccard, ExampleAClassicSlicing) {
  ExpectDistances(Distances(ExampleA(), 4, 2), {{{0, 1}, 0},
                                                {{0, 2}, 0.054759},
                                                {{1, 2}, 0.054759},
                                                {{0, 3}, 0.126635},
                                                {{1, 3}, 0.126635},
                                                {{2, 3}, 0.075901},
                                                {{4, 5}, 0},
                                                {{4, 6}, 0.140136},
                                                {{5, 6}, 0.140136},
                                                {{4, 7}, 0.580066},
                                                {{5, 7}, 0.580066},
                                                {{6, 7}, 0.503903}});
}

TEST(Jaccard, ExampleB) {
  std::vector<Pair> pairs = {{{0, 1}, 0},        {{5, 6}, 0},        {{8, 9}, 0},
                             {{2, 3}, 0.5},      {{2, 4}, 0.760831}, {{3, 4}, 0.5},
                             {{2, 7}, 0.938717}, {{3, 7}, 0.777637}, {{4, 7}, 0.526999}};
  for (const size_t i : {0, 1}) {
    pairs.insert(pairs.end(), {{{i, 2}, 0.436795}, {{i, 3}, 0.731115}, {{i, 4}, 0.901731}});
  }
  for (const size_t j : {5, 6}) {
    pairs.insert(pairs.end(), {{{2, j}, 0.938717},
                               {{3, j}, 0.767667},
                               {{4, j}, 0.512498},
                               {{j, 7}, 0.043626},
                               {{j, 8}, 0.099320},
                               {{j, 9}, 0.099320}});
  }
  for (const size_t j : {8, 9}) {
    pairs.insert(pairs.end(),
                 {{{2, j}, 0.938717}, {{3, j}, 0.790032}, {{4, j}, 0.544962}, {{7, j}, 0.058169}});
  }
  ExpectDistances(Distances(ExampleB(), 6, 3), pairs);
}

// The definition in float64 with N x N arrays and linear membership tests, step by step.
class DenseChecker {
 public:
  DenseChecker(const FloatMatrix& rows, size_t k1, size_t k2,
               JaccardVariant variant = JaccardVariant::kFaiss)
      : n_(rows.rows()),
        half_(static_cast<size_t>(std::nearbyint(static_cast<double>(k1) / 2.0)) + 1),
        k1_(variant == JaccardVariant::kFaiss ? k1 : k1 + 1),
        variant_(variant),
        rows_(rows) {
    for (size_t i = 0; i < n_; ++i) rank_.push_back(Rank(i));
    std::vector<std::vector<double>> v(n_, std::vector<double>(n_, 0.0));
    for (size_t i = 0; i < n_; ++i) Encode(i, v[i]);
    v_.assign(n_, std::vector<double>(n_, 0.0));
    for (size_t i = 0; i < n_; ++i) {
      for (size_t t = 0; t < k2; ++t) {
        for (size_t c = 0; c < n_; ++c) v_[i][c] += v[rank_[i][t]][c] / static_cast<double>(k2);
      }
    }
  }

  double Distance(size_t i, size_t j) const {
    double low = 0, high = 0;
    for (size_t c = 0; c < n_; ++c) {
      low += std::min(v_[i][c], v_[j][c]);
      high += std::max(v_[i][c], v_[j][c]);
    }
    return 1 - low / high;
  }
  double RowSum(size_t i) const {
    double sum = 0;
    for (const double value : v_[i]) sum += value;
    return sum;
  }

 private:
  double Cosine(size_t i, size_t j) const {
    double sum = 0;
    for (size_t c = 0; c < rows_.cols(); ++c)
      sum += static_cast<double>(rows_.row(i)[c]) * rows_.row(j)[c];
    return sum;
  }
  std::vector<size_t> Rank(size_t i) const {
    std::vector<std::pair<double, size_t>> order;
    for (size_t j = 0; j < n_; ++j) order.emplace_back(j == i ? -9.0 : -Cosine(i, j), j);
    std::sort(order.begin(), order.end());
    std::vector<size_t> ids;
    for (const auto& [distance, j] : order) ids.push_back(j);
    return ids;
  }
  // As the variant has it: of the last row of the ranking, the farthest one.
  double Scaled(size_t i, size_t j) const {
    const double squared = 2 - 2 * Cosine(i, j), largest = 2 - 2 * Cosine(i, rank_[i].back());
    if (variant_ == JaccardVariant::kFaiss) return squared;
    return variant_ == JaccardVariant::kMmt ? squared / largest
                                            : std::pow(squared, 2) / std::pow(largest, 2);
  }
  bool Within(size_t width, size_t i, size_t j) const {
    return std::find(rank_[i].begin(), rank_[i].begin() + width, j) != rank_[i].begin() + width;
  }
  std::set<size_t> Mutual(size_t width, size_t i) const {
    std::set<size_t> set;
    for (size_t j = 0; j < n_; ++j) {
      if (Within(width, i, j) && Within(width, j, i)) set.insert(j);
    }
    return set;
  }
  void Encode(size_t i, std::vector<double>& v) const {
    const size_t half = std::min(half_, k1_);
    const std::set<size_t> full = Mutual(k1_, i);
    std::set<size_t> grown = full;
    for (const size_t q : full) {
      const std::set<size_t> h = Mutual(half, q);
      size_t common = 0;
      for (const size_t j : h) common += full.count(j);
      if (3 * common > 2 * h.size()) grown.insert(h.begin(), h.end());
    }
    double sum = 0;
    for (const size_t j : grown) sum += v[j] = std::exp(j == i ? 0.0 : -Scaled(i, j));
    for (double& value : v) value /= sum;
  }

  size_t n_, half_, k1_;  // k1_: the length of the lists
  JaccardVariant variant_;
  const FloatMatrix& rows_;
  std::vector<std::vector<size_t>> rank_;
  std::vector<std::vector<double>> v_;
};

TEST(Jaccard, EqualsADenseDefinition) {
  const struct {
    size_t k1, k2;
    double noise;
    JaccardVariant variant;
  } cases[] = {{30, 6, 0.8, JaccardVariant::kFaiss},  {15, 3, 0.4, JaccardVariant::kFaiss},
               {20, 1, 1.2, JaccardVariant::kFaiss},  {7, 2, 0.6, JaccardVariant::kFaiss},
               {20, 6, 0.8, JaccardVariant::kMmt},    {9, 12, 0.5, JaccardVariant::kMmt},
               {20, 6, 0.8, JaccardVariant::kClassic}};
  for (const auto& c : cases) {
    const FloatMatrix rows = NoisyIdentities(300, 24, 30, c.noise, 5);
    const DenseChecker dense(rows, c.k1, c.k2, c.variant);
    const SparseGraph graph =
        Distances(rows, static_cast<int>(c.k1), static_cast<int>(c.k2), kAlmostOne, 1, c.variant);
    std::vector<float> found(300 * 300, 1.0F);
    for (size_t i = 0; i < 300; ++i) {
      for (int64_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at)
        found[i * 300 + graph.cols[at]] = graph.distances[at];
    }
    for (size_t i = 0; i < 300; ++i) {
      ASSERT_NEAR(dense.RowSum(i), 1.0, 1e-9);
      for (size_t j = 0; j < 300; ++j) {
        if (i == j) continue;
        ASSERT_NEAR(found[i * 300 + j], dense.Distance(i, j), 2e-6)
            << c.k1 << ": " << i << ", " << j;
      }
    }
  }
}

// Distances that are divided by the largest weigh neighbours almost alike, squared ones even more.
TEST(Jaccard, VariantsOfOneListLengthDifferInTheirWeights) {
  const FloatMatrix rows = NoisyIdentities(300, 24, 30, 0.8, 5);
  const auto of = [&](int k1, JaccardVariant variant) {
    return Distances(rows, k1, 6, 0.9F, 1, variant).distances;
  };
  EXPECT_NE(of(20, JaccardVariant::kMmt), of(20, JaccardVariant::kClassic));
  EXPECT_NE(of(20, JaccardVariant::kMmt), of(21, JaccardVariant::kFaiss));
}

// Without the farthest row nothing can be divided by its distance.
TEST(Jaccard, VariantsThatDivideNeedAnExactSearch) {
  JaccardOptions options;
  options.search = "Flat";
  options.k1 = 4;
  const FloatMatrix rows = ExampleB();
  EXPECT_EQ(KReciprocalJaccard(rows.view(), options).rows(), 10U);
  options.variant = JaccardVariant::kMmt;
  EXPECT_THROW(KReciprocalJaccard(rows.view(), options), Error);
}

TEST(Jaccard, GraphIsSymmetricSortedAndWithinTheBound) {
  const FloatMatrix rows = NoisyIdentities(400, 24, 40, 0.7, 6);
  const SparseGraph graph = Distances(rows, 20, 6, 0.6F);
  const SparseGraph wide = Distances(rows, 20, 6);
  ASSERT_EQ(graph.rows(), 400U);
  size_t within = 0;
  for (const float distance : wide.distances) within += distance <= 0.6F ? 1 : 0;
  EXPECT_EQ(graph.cols.size(), within);
  ASSERT_GT(within, 400U);
  for (size_t i = 0; i < 400; ++i) {
    for (int64_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
      ASSERT_NE(static_cast<size_t>(graph.cols[at]), i);
      ASSERT_LE(graph.distances[at], 0.6F);
      ASSERT_GE(graph.distances[at], 0.0F);
      if (at > graph.begin[i]) {
        ASSERT_LT(graph.cols[at - 1], graph.cols[at]);
      }
      ASSERT_EQ(graph.distances[at], DistanceOf(graph, graph.cols[at], i));
    }
  }
}

TEST(Jaccard, SameBitsForEveryThreadCount) {
  const FloatMatrix rows = NoisyIdentities(1500, 32, 100, 0.7, 7);
  const SparseGraph one = Distances(rows, 30, 6, 0.7F, 1);
  for (const int threads : {2, 5}) {
    const SparseGraph many = Distances(rows, 30, 6, 0.7F, threads);
    EXPECT_EQ(one.begin, many.begin);
    EXPECT_EQ(one.cols, many.cols);
    EXPECT_EQ(one.distances, many.distances);
  }
}

// k1 or more copies of one image push self out of an unguarded list: empty sets, NaN weights.
TEST(Jaccard, ExactCopiesAreAtDistanceZeroAndStored) {
  FloatMatrix rows(24, 2);
  const FloatMatrix two = OnCircle({10, 100});
  for (size_t i = 0; i < 24; ++i) std::copy_n(two.row(i % 2), 2, rows.row(i));
  const SparseGraph graph = Distances(rows, 4, 1);
  for (const float distance : graph.distances) ASSERT_TRUE(std::isfinite(distance));
  for (size_t i = 0; i < 24; ++i) {
    for (size_t j = 0; j < 24; ++j) {
      if (i % 2 == j % 2) continue;
      ASSERT_EQ(DistanceOf(graph, i, j), 1.0F);
    }
  }
  FloatMatrix pair = OnCircle({10, 10, 100, 100});
  const SparseGraph pairs = Distances(pair, 2, 2);
  ASSERT_EQ(pairs.cols.size(), 4U) << "distance 0 is stored, not left out";
  for (const float distance : pairs.distances) EXPECT_NEAR(distance, 0.0F, 1e-6F);
}

TEST(Jaccard, SmallAndEmptyInputs) {
  EXPECT_EQ(Distances(FloatMatrix(), 30, 6).rows(), 0U);
  EXPECT_EQ(Distances(OnCircle({5}), 30, 6).rows(), 1U);
  EXPECT_EQ(Distances(ExampleA(), 30, 6).rows(), 8U) << "k1 beyond the number of rows";
}

TEST(Jaccard, RefusesOptionsOutOfRange) {
  EXPECT_THROW(Distances(ExampleA(), 0, 2), Error);
  EXPECT_THROW(Distances(ExampleA(), 3, 0), Error);
  EXPECT_THROW(Distances(ExampleA(), 3, 2, 1.0F), Error);
  EXPECT_THROW(Distances(ExampleA(), 3, 2, std::numeric_limits<float>::quiet_NaN()), Error);
}

TEST(Jaccard, AtomsOfTheAveragedRows) {
  for (const auto& [eps, k2] : std::vector<std::pair<float, int>>{{0.5F, 3},
                                                                  {0.8F, 3},
                                                                  {0.5F, 6},
                                                                  {0.8F, 6},
                                                                  {0.4F, 4},
                                                                  {2.0F / 3, 2},
                                                                  {2.0F / 7, 6},
                                                                  {10.0F / 11, 6}}) {
    EXPECT_TRUE(IsJaccardAtom(eps, k2)) << eps << ", " << k2;
  }
  for (const float eps : {0.4F, 0.6F, 0.7F}) EXPECT_FALSE(IsJaccardAtom(eps, 6)) << eps;
  EXPECT_FALSE(IsJaccardAtom(0.5F, 1));
}

}  // namespace
}  // namespace bcr
