#include "harness/cluster/label_quality.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "harness/core/error.h"

namespace bcr {
namespace {

using Pair = std::pair<int64_t, int64_t>;

// Rows as (true, predicted) pairs after the noise convention.
std::vector<Pair> PairedLabels(const std::vector<int64_t>& truth,
                               const std::vector<int64_t>& predicted, NoiseConvention noise) {
  int64_t next = predicted.empty() ? 0 : *std::max_element(predicted.begin(), predicted.end()) + 1;
  std::vector<Pair> pairs;
  for (size_t i = 0; i < truth.size(); ++i) {
    const bool outlier = predicted[i] < 0;
    if (outlier && noise == NoiseConvention::kDropped) continue;
    const bool alone = outlier && noise == NoiseConvention::kSingletons;
    pairs.emplace_back(truth[i], alone ? next++ : (outlier ? -1 : predicted[i]));
  }
  return pairs;
}

// Sizes of the groups of equal keys, in key order.
template <typename Key>
std::vector<double> GroupSizes(std::vector<Key> keys) {
  std::sort(keys.begin(), keys.end());
  std::vector<double> sizes;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (i == 0 || keys[i] != keys[i - 1]) sizes.push_back(0);
    ++sizes.back();
  }
  return sizes;
}

double Pairs(const std::vector<double>& sizes) {
  double sum = 0;
  for (const double size : sizes) sum += size * (size - 1) / 2;
  return sum;
}

double Entropy(const std::vector<double>& sizes, double total) {
  double sum = 0;
  for (const double size : sizes) sum -= size / total * std::log(size / total);
  return std::max(0.0, sum);
}

double Ratio(double part, double whole, double if_none) {
  return whole > 0 ? part / whole : if_none;
}

double Bounded(double value) { return std::clamp(value, 0.0, 1.0); }

}  // namespace

const char* NoiseConventionName(NoiseConvention noise) {
  switch (noise) {
    case NoiseConvention::kOneCluster:
      return "one-cluster";
    case NoiseConvention::kSingletons:
      return "singletons";
    case NoiseConvention::kDropped:
      return "dropped";
  }
  return "";
}

LabelQuality ScoreLabels(const std::vector<int64_t>& truth, const std::vector<int64_t>& predicted,
                         NoiseConvention noise) {
  BCR_CHECK(truth.size() == predicted.size(), "one true and one predicted label per row");
  const std::vector<Pair> pairs = PairedLabels(truth, predicted, noise);
  LabelQuality quality;
  if (pairs.empty()) return quality;
  std::vector<int64_t> first, second;
  for (const auto& [a, b] : pairs) {
    first.push_back(a);
    second.push_back(b);
  }
  const std::vector<double> cells = GroupSizes(pairs), rows = GroupSizes(first),
                            cols = GroupSizes(second);
  const double n = static_cast<double>(pairs.size());
  const double same = Pairs(cells), same_true = Pairs(rows), same_predicted = Pairs(cols);

  const double expected = n > 1 ? same_true * same_predicted / (n * (n - 1) / 2) : 0;
  const double span = (same_true + same_predicted) / 2 - expected;
  quality.ari =
      span != 0 ? (same - expected) / span : 1.0;  // span 0: both partitions are trivial and equal
  quality.pair_precision = Ratio(same, same_predicted, 0.0);
  quality.pair_recall = Ratio(same, same_true, 0.0);
  quality.fmi = std::sqrt(quality.pair_precision * quality.pair_recall);

  const double entropy_true = Entropy(rows, n), entropy_predicted = Entropy(cols, n);
  const double shared = std::max(0.0, entropy_true + entropy_predicted - Entropy(cells, n));
  quality.homogeneity = Bounded(Ratio(shared, entropy_true, 1.0));
  quality.completeness = Bounded(Ratio(shared, entropy_predicted, 1.0));
  quality.nmi = Bounded(Ratio(shared, (entropy_true + entropy_predicted) / 2, 1.0));
  return quality;
}

ClusterShape DescribeClusters(const std::vector<int64_t>& predicted,
                              const std::vector<int64_t>& cameras) {
  BCR_CHECK(predicted.size() == cameras.size(), "one camera per row");
  struct Cluster {
    int64_t size = 0;
    std::set<int64_t> cameras;
  };
  std::map<int64_t, Cluster> clusters;
  ClusterShape shape;
  for (size_t i = 0; i < predicted.size(); ++i) {
    if (predicted[i] < 0) {
      ++shape.outliers;
      continue;
    }
    Cluster& cluster = clusters[predicted[i]];
    ++cluster.size;
    cluster.cameras.insert(cameras[i]);
  }
  if (clusters.empty()) return shape;
  std::vector<int64_t> sizes;
  for (const auto& [label, cluster] : clusters) {
    sizes.push_back(cluster.size);
    if (cluster.cameras.size() > 1) ++shape.multi_camera;
  }
  std::sort(sizes.begin(), sizes.end());
  shape.clusters = static_cast<int64_t>(sizes.size());
  shape.largest = sizes.back();
  shape.median_size = sizes[(sizes.size() - 1) / 2];
  return shape;
}

}  // namespace bcr
