// Connected components of the k-reciprocal Jaccard graph, the plainest clustering there is: one pair
// of alike images joins two identities. A baseline.
#include "harness/cluster/density/dbscan.h"
#include "harness/cluster/label_order.h"
#include "harness/cluster/neighbour_parameters.h"

namespace bcr {
namespace {

Clusterer Make(JsonReader& reader) {
  JaccardOptions jaccard = ReadJaccard(reader);
  jaccard.max_distance = static_cast<float>(reader.Number("eps", 0.0, 0.999));
  const int64_t min_size = reader.Integer("min_size", 1, 100000);
  return [=](MatrixView unit_rows, const ClusterCall& call) {
    // Every row is a core point where one sample is enough.
    std::vector<int64_t> labels =
        Dbscan(JaccardGraph(unit_rows, jaccard, call), jaccard.max_distance, /*min_samples=*/1);
    DropSmallClusters(labels, min_size);
    return labels;
  };
}

}  // namespace

const ClustererInfo& clusterer_components() {
  static const ClustererInfo info = {
      .name = "components",
      .revision = 1,
      .about = "connected components of k-reciprocal Jaccard distances up to eps; a baseline",
      .source = "Zhong et al., CVPR 2017 (the distance)",
      .parameters =
          R"({"variant": "faiss", "k1": 30, "k2": 6, "eps": 0.6, "min_size": 2, "search": "exact"})",
      .make = &Make};
  return info;
}

}  // namespace bcr
