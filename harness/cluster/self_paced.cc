#include "harness/cluster/self_paced.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "harness/cluster/centroids.h"
#include "harness/cluster/label_order.h"
#include "harness/core/error.h"

namespace bcr {
namespace {

// 1 - |A n B| / |A u B| for every row, A and B its clusters; every label is one of a cluster.
std::vector<double> Differences(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  std::map<int64_t, double> size_a, size_b;
  std::map<std::pair<int64_t, int64_t>, double> common;
  for (size_t i = 0; i < a.size(); ++i) {
    ++size_a[a[i]];
    ++size_b[b[i]];
    ++common[{a[i], b[i]}];
  }
  std::vector<double> differences;
  differences.reserve(a.size());
  for (size_t i = 0; i < a.size(); ++i) {
    const double both = common[{a[i], b[i]}];
    differences.push_back(1 - both / (size_a[a[i]] + size_b[b[i]] - both));
  }
  return differences;
}

// The least value of each cluster's rows.
std::vector<double> LeastOf(const std::vector<double>& values, const std::vector<int64_t>& labels) {
  std::vector<double> least(static_cast<size_t>(LabelCount(labels)), 1.0);
  for (size_t i = 0; i < labels.size(); ++i)
    least[labels[i]] = std::min(least[labels[i]], values[i]);
  return least;
}

std::vector<int64_t> Numbered(std::vector<int64_t> labels) {
  NumberOutliers(labels);
  return labels;
}

void Check(const ThreeClusterings& c) {
  BCR_CHECK(c.normal.size() == c.tight.size() && c.normal.size() == c.loose.size(),
            "three labels for every row");
}

}  // namespace

void NumberOutliers(std::vector<int64_t>& labels) {
  int64_t next = LabelCount(labels);
  for (int64_t& label : labels) {
    if (label < 0) label = next++;
  }
}

double SelfPacedThreshold(const ThreeClusterings& clusterings, double share) {
  Check(clusterings);
  const std::vector<int64_t> normal = Numbered(clusterings.normal);
  const std::vector<double> least =
      LeastOf(Differences(normal, Numbered(clusterings.loose)), normal);
  std::vector<int64_t> sizes(least.size(), 0);
  for (const int64_t label : normal) ++sizes[label];
  std::vector<double> of_clusters;
  for (size_t c = 0; c < least.size(); ++c) {
    if (sizes[c] > 1) of_clusters.push_back(least[c]);
  }
  if (of_clusters.empty()) return 0;
  std::sort(of_clusters.begin(), of_clusters.end());
  const auto place = static_cast<size_t>(
      std::nearbyint(static_cast<double>(of_clusters.size()) * share));  // halves to even, as NumPy
  return of_clusters[std::min(of_clusters.size() - 1, place)];
}

std::vector<int64_t> SelfPacedLabels(const ThreeClusterings& clusterings, double threshold) {
  Check(clusterings);
  const std::vector<int64_t> normal = Numbered(clusterings.normal);
  const std::vector<double> loose = Differences(normal, Numbered(clusterings.loose));
  const std::vector<double> tight = Differences(normal, Numbered(clusterings.tight));
  const std::vector<double> independence = LeastOf(loose, normal);
  const std::vector<double> compactness = LeastOf(tight, normal);
  std::vector<int64_t> labels = clusterings.normal;
  for (size_t i = 0; i < labels.size(); ++i) {
    const auto cluster = static_cast<size_t>(normal[i]);
    if (independence[cluster] > threshold || tight[i] > compactness[cluster]) labels[i] = -1;
  }
  DropSmallClusters(labels, 2);
  return labels;
}

}  // namespace bcr
