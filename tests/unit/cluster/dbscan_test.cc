#include "harness/cluster/density/dbscan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "harness/core/error.h"
#include "tests/unit/cluster/points.h"

namespace bcr {
namespace {

using Labels = std::vector<int64_t>;

SparseGraph OnLine(const std::vector<double>& points, float bound) {
  return GraphOf(points.size(), bound, [&](size_t i, size_t j) {
    return static_cast<float>(std::abs(points[i] - points[j]));
  });
}

SparseGraph JaccardOf(const FloatMatrix& rows, int k1, int k2) {
  JaccardOptions options;
  options.k1 = k1;
  options.k2 = k2;
  options.max_distance = 0.99F;
  options.threads = 1;
  return KReciprocalJaccard(rows.view(), options);
}

TEST(Dbscan, BorderPointOfTwoClustersGoesToTheSmallerId) {
  std::vector<double> points = {0, 1, 2, 3, 7, 11, 12, 13, 14, 30};
  EXPECT_EQ(Dbscan(OnLine(points, 5), 4.0F, 4), (Labels{0, 0, 0, 0, 0, 1, 1, 1, 1, -1}));
  EXPECT_EQ(Dbscan(OnLine(points, 5), 3.999F, 4), (Labels{0, 0, 0, 0, -1, 1, 1, 1, 1, -1}));
  std::reverse(points.begin(), points.end());
  EXPECT_EQ(Dbscan(OnLine(points, 5), 4.0F, 4), (Labels{-1, 0, 0, 0, 0, 0, 1, 1, 1, 1}));
}

TEST(Dbscan, JaccardOfExampleA) {
  const SparseGraph graph = JaccardOf(ExampleA(), 3, 2);
  EXPECT_EQ(Dbscan(graph, 0.6F, 3), (Labels{0, 0, 0, 0, 1, 1, 1, -1}));
  EXPECT_EQ(Dbscan(graph, 0.6F, 4), (Labels{0, 0, 0, 0, -1, -1, -1, -1}));
  EXPECT_EQ(Dbscan(graph, 0.7F, 4), (Labels{0, 0, 0, 0, 1, 1, 1, 1}));
  EXPECT_EQ(Dbscan(graph, 0.5F, 3), (Labels{-1, -1, -1, -1, 0, 0, 0, -1}));
  EXPECT_EQ(Dbscan(graph, 0.5F, 2), (Labels{0, 0, -1, -1, 1, 1, 1, -1}));
}

TEST(Dbscan, JaccardOfExampleAClassicSlicing) {
  const SparseGraph graph = JaccardOf(ExampleA(), 4, 2);
  EXPECT_EQ(Dbscan(graph, 0.6F, 4), (Labels{0, 0, 0, 0, 1, 1, 1, 1}));
  EXPECT_EQ(Dbscan(graph, 0.5F, 4), (Labels{0, 0, 0, 0, -1, -1, -1, -1}));
  EXPECT_EQ(Dbscan(graph, 0.5F, 3), (Labels{0, 0, 0, 0, 1, 1, 1, -1}));
}

TEST(Dbscan, JaccardOfExampleB) {
  const SparseGraph graph = JaccardOf(ExampleB(), 6, 3);
  const Labels two = {0, 0, 0, 0, 1, 1, 1, 1, 1, 1};
  EXPECT_EQ(Dbscan(graph, 0.6F, 4), two);
  EXPECT_EQ(Dbscan(graph, 0.55F, 4), two);
  EXPECT_EQ(Dbscan(graph, 0.55F, 3), Labels(10, 0));
  EXPECT_EQ(Dbscan(graph, 0.45F, 3), (Labels{0, 0, 0, -1, -1, 1, 1, 1, 1, 1}));
}

TEST(Dbscan, StoredZerosCountAsNeighbours) {
  const SparseGraph graph = GraphOf(
      4, 0.9F, [](size_t i, size_t j) { return i / 2 != j / 2 ? 1.0F : (i < 2 ? 0.0F : 0.2F); });
  EXPECT_EQ(Dbscan(graph, 0.5F, 2), (Labels{0, 0, 1, 1}));
}

// Clusters grown one after another from the smallest unvisited core point, as scikit-learn does it.
Labels GrownLabels(const std::vector<std::vector<float>>& distances, float eps, int min_samples) {
  const size_t n = distances.size();
  std::vector<std::vector<size_t>> near(n);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      if (i == j || distances[i][j] <= eps) near[i].push_back(j);
    }
  }
  Labels labels(n, -1);
  int64_t cluster = 0;
  const auto core = [&](size_t i) { return near[i].size() >= static_cast<size_t>(min_samples); };
  for (size_t start = 0; start < n; ++start) {
    if (labels[start] != -1 || !core(start)) continue;
    std::vector<size_t> stack = {start};
    while (!stack.empty()) {
      const size_t i = stack.back();
      stack.pop_back();
      if (labels[i] != -1) continue;
      labels[i] = cluster;
      if (!core(i)) continue;
      for (const size_t j : near[i]) {
        if (labels[j] == -1) stack.push_back(j);
      }
    }
    ++cluster;
  }
  return labels;
}

TEST(Dbscan, EqualsGrowingClustersOnRandomGraphs) {
  Random random(8);
  int outliers = 0, clusters = 0;
  for (int round = 0; round < 3000; ++round) {
    const size_t n = 5 + random.Below(55);
    std::vector<double> x(n), y(n);
    for (size_t i = 0; i < n; ++i) {
      x[i] = static_cast<double>(
          random.Below(12));  // a grid, so that equal distances and copies abound
      y[i] = static_cast<double>(random.Below(12));
    }
    std::vector<std::vector<float>> distances(n, std::vector<float>(n));
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j)
        distances[i][j] = static_cast<float>(std::hypot(x[i] - x[j], y[i] - y[j]));
    }
    const float eps = static_cast<float>(random.Below(4));
    const int min_samples = 1 + static_cast<int>(random.Below(6));
    const SparseGraph graph = GraphOf(n, 4.0F, [&](size_t i, size_t j) { return distances[i][j]; });
    const Labels labels = Dbscan(graph, eps, min_samples);
    ASSERT_EQ(labels, GrownLabels(distances, eps, min_samples)) << "round " << round;
    for (const int64_t label : labels) ++(label < 0 ? outliers : clusters);
  }
  EXPECT_GT(outliers, 1000);
  EXPECT_GT(clusters, 1000);
}

TEST(Dbscan, PermutationKeepsTheGroupsOfCorePointsAndTheOutliers) {
  const FloatMatrix rows = NoisyIdentities(200, 16, 20, 0.5, 9);
  const SparseGraph graph = JaccardOf(rows, 12, 3);
  const int min_samples = 4;
  const float eps = 0.6F;
  std::vector<size_t> order(200);
  for (size_t i = 0; i < 200; ++i) order[i] = i;
  Random(10).Shuffle(order);
  const SparseGraph shuffled = GraphOf(
      200, 0.99F, [&](size_t i, size_t j) { return DistanceOf(graph, order[i], order[j]); });
  const Labels labels = Dbscan(graph, eps, min_samples), moved = Dbscan(shuffled, eps, min_samples);
  std::map<int64_t, int64_t> there, back;
  int cores = 0;
  for (size_t i = 0; i < 200; ++i) {
    const int64_t before = labels[order[i]], after = moved[i];
    ASSERT_EQ(before < 0, after < 0);
    int near = 1;
    for (int64_t at = shuffled.begin[i]; at < shuffled.begin[i + 1]; ++at)
      near += shuffled.distances[at] <= eps ? 1 : 0;
    if (near < min_samples) continue;
    ++cores;
    ASSERT_EQ(there.emplace(before, after).first->second, after);
    ASSERT_EQ(back.emplace(after, before).first->second, before);
  }
  EXPECT_GT(cores, 50);
}

TEST(Dbscan, EmptyAndRefusedInputs) {
  EXPECT_TRUE(Dbscan(SparseGraph(), 0.5F, 4).empty());
  EXPECT_EQ(Dbscan(OnLine({0, 100}, 1), 0.5F, 1), (Labels{0, 1}));
  EXPECT_THROW(Dbscan(SparseGraph(), -0.1F, 4), Error);
  EXPECT_THROW(Dbscan(SparseGraph(), 0.5F, 0), Error);
  EXPECT_THROW(Dbscan(SparseGraph(), std::numeric_limits<float>::quiet_NaN(), 4), Error);
}

}  // namespace
}  // namespace bcr
