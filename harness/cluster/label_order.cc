#include "harness/cluster/label_order.h"

#include <map>
#include <unordered_map>
#include <utility>

#include "harness/core/error.h"

namespace bcr {

void DropSmallClusters(std::vector<int64_t>& labels, int64_t least) {
  constexpr int64_t kUnnumbered = -2;
  struct Cluster {
    int64_t size = 0, number = kUnnumbered;
  };
  std::unordered_map<int64_t, Cluster> clusters;
  for (const int64_t label : labels) {
    if (label >= 0) ++clusters[label].size;
  }
  int64_t next = 0;
  for (int64_t& label : labels) {
    if (label < 0) continue;
    Cluster& cluster = clusters[label];
    if (cluster.number == kUnnumbered) cluster.number = cluster.size < least ? -1 : next++;
    label = cluster.number;
  }
}

std::vector<int64_t> AgreedLabels(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  BCR_CHECK(a.size() == b.size(), "two labels for every row");
  std::map<std::pair<int64_t, int64_t>, int64_t> numbers;
  std::vector<int64_t> labels(a.size(), -1);
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] < 0 || b[i] < 0) continue;
    labels[i] =
        numbers.emplace(std::pair(a[i], b[i]), static_cast<int64_t>(numbers.size())).first->second;
  }
  DropSmallClusters(labels, 2);
  return labels;
}

}  // namespace bcr
