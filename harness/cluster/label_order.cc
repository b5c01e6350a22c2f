#include "harness/cluster/label_order.h"

#include <unordered_map>

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

}  // namespace bcr
