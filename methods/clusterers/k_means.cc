// k-means, every row in a cluster: what Mutual Mean-Teaching trains on (Ge et al., ICLR 2020: 500 to
// 900 clusters of Market-1501's 12,936 images). The number of clusters is given, or one for every
// `images_per_cluster` rows, and at least two.
#include "harness/cluster/k_means.h"

#include <algorithm>

#include "harness/cluster/clusterer.h"

namespace bcr {
namespace {

Clusterer Make(JsonReader& reader) {
  const int64_t each = reader.Integer("images_per_cluster", 1, 100000);
  const int64_t clusters = reader.Integer("clusters", 0, 10000000);
  const int64_t rounds = reader.Integer("rounds", 1, 10000);
  return [=](MatrixView unit_rows, const ClusterCall& call) {
    KMeansOptions options;
    options.clusters =
        clusters > 0 ? clusters : std::max<int64_t>(2, static_cast<int64_t>(unit_rows.rows) / each);
    options.rounds = rounds;
    options.seed = call.seed;
    options.threads = call.threads;
    return KMeans(unit_rows, options);
  };
}

}  // namespace

const ClustererInfo& clusterer_k_means() {
  static const ClustererInfo info = {
      .name = "k-means",
      .revision = 1,
      .about = "k-means, every image in a cluster; clusters=0: one for images_per_cluster images",
      .source = "Arthur and Vassilvitskii, SODA 2007; as Ge et al., ICLR 2020, use it",
      .parameters = R"({"images_per_cluster": 20, "rounds": 50})",
      .later_parameters = R"({"clusters": 0})",
      .make = &Make};
  return info;
}

}  // namespace bcr
