// Pseudo labels of Cluster Contrast: before every epoch the current features are clustered by
// DBSCAN on the k-reciprocal Jaccard distance; outliers are left out of the epoch. Dai et al.,
// arXiv:2103.11568; variant and defaults as in the authors' public code (k1 counts the point
// itself). The same as the label source `dbscan`, by the paper's name.
#include "methods/support/cluster_labels.h"

namespace bcr {

const LabelSourceInfo& label_source_cluster_contrast() {
  static const LabelSourceInfo info = [] {
    const ClustererInfo& dbscan = FindClusterer(clusterer_table(), "dbscan");
    LabelSourceInfo made;
    made.name = "cluster-contrast";
    made.revision = 1;
    made.about = "DBSCAN on k-reciprocal Jaccard distances of the current features";
    made.source = "Dai et al., arXiv:2103.11568";
    made.parameters = dbscan.parameters;
    made.later_parameters = LaterParametersOf(dbscan);
    made.make = [&dbscan](JsonReader& reader, const LabelContext& context) {
      return NewClusterLabels(dbscan, reader, context);
    };
    made.warn = dbscan.warn;
    return made;
  }();
  return info;
}

}  // namespace bcr
