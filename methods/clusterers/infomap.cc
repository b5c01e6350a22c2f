// Infomap on the graph of nearest neighbours, without any Jaccard distance: the second clustering of
// Cluster Contrast's public code, whose settings are the defaults. Its links go from a row to those
// of its k nearest rows whose cosine is at least min_similarity, with the cosine as weight; modules
// of fewer than min_size rows are outliers (that code drops those of 4 or fewer). Differences:
// modules are numbered by their smallest row, where the code follows the order of a hash set.
#include "harness/cluster/infomap/infomap.h"

#include "harness/cluster/label_order.h"
#include "harness/cluster/neighbour_parameters.h"

namespace bcr {
namespace {

DirectedGraph LinksOf(const NeighbourTable& table, double least) {
  DirectedGraph graph;
  graph.begin.push_back(0);
  const auto k = static_cast<size_t>(table.k);
  for (size_t i = 0; i < table.rows(); ++i) {
    for (size_t at = i * k + 1; at < (i + 1) * k; ++at) {
      if (table.ids[at] == NeighbourTable::kNoRow || table.similarities[at] < least) break;
      graph.targets.push_back(table.ids[at]);
      graph.weights.push_back(table.similarities[at]);
    }
    graph.begin.push_back(static_cast<int64_t>(graph.targets.size()));
  }
  return graph;
}

Clusterer Make(JsonReader& reader) {
  NeighbourOptions neighbours;
  neighbours.k = static_cast<int>(reader.Integer("k", 2, 1000));
  neighbours.search = ReadSearch(reader);
  const double least = reader.Number("min_similarity", 0.0, 1.0);
  const int64_t min_size = reader.Integer("min_size", 1, 100000);
  const int trials = static_cast<int>(reader.Integer("trials", 1, 1000));
  return [=](MatrixView unit_rows, const ClusterCall& call) {
    const NeighbourTable table = SearchNeighbours(unit_rows, neighbours, call);
    const InfomapResult found =
        Infomap(LinksOf(table, least), {.seed = call.seed, .trials = trials});
    std::vector<int64_t> labels(found.modules.begin(), found.modules.end());
    DropSmallClusters(labels, min_size);
    return labels;
  };
}

}  // namespace

const ClustererInfo& clusterer_infomap() {
  static const ClustererInfo info = {
      .name = "infomap",
      .revision = 1,
      .about = "two-level Infomap on the graph of nearest neighbours",
      .source = "Rosvall and Bergstrom, PNAS 105, 2008; settings of Dai et al., arXiv:2103.11568",
      .parameters =
          R"({"k": 15, "min_similarity": 0.5, "min_size": 5, "trials": 1, "search": "exact"})",
      .make = &Make};
  return info;
}

}  // namespace bcr
