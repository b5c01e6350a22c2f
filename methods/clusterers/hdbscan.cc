// HDBSCAN on the k-reciprocal Jaccard distance: no eps has to be chosen. Pairs farther apart than
// `farthest` are not told from each other, which bounds the graph.
#include "harness/cluster/density/hdbscan.h"

#include "harness/cluster/neighbour_parameters.h"

namespace bcr {
namespace {

Clusterer Make(JsonReader& reader) {
  JaccardOptions jaccard = ReadJaccard(reader);
  jaccard.max_distance = static_cast<float>(reader.Number("farthest", 0.0, 0.999));
  const int min_samples = static_cast<int>(reader.Integer("min_samples", 1, 1000));
  const int min_size = static_cast<int>(reader.Integer("min_size", 2, 100000));
  return [=](MatrixView unit_rows, const ClusterCall& call) {
    return Hdbscan(JaccardGraph(unit_rows, jaccard, call), min_samples, min_size);
  };
}

}  // namespace

const ClustererInfo& clusterer_hdbscan() {
  static const ClustererInfo info = {
      .name = "hdbscan",
      .revision = 1,
      .about = "HDBSCAN on k-reciprocal Jaccard distances; no eps to choose",
      .source = "Campello, Moulavi and Sander, PAKDD 2013; Zhong et al., CVPR 2017",
      .parameters =
          R"({"variant": "faiss", "k1": 30, "k2": 6, "farthest": 0.8, "min_samples": 4, "min_size": 4, "search": "exact"})",
      .make = &Make};
  return info;
}

}  // namespace bcr
