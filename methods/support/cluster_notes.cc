#include "methods/support/cluster_notes.h"

#include <nlohmann/json.hpp>

#include "harness/cluster/label_quality.h"
#include "harness/core/error.h"
#include "harness/train/label_source.h"

namespace bcr {

int64_t NoteClusters(int epoch, const std::vector<int64_t>& labels, const LabelContext& context,
                     const std::string& hint, Json& notes) {
  const ClusterShape shape = DescribeClusters(labels, context.cameras);
  const LabelQuality quality = ScoreLabels(context.truth, labels, NoiseConvention::kSingletons);
  notes.push_back({{"epoch", epoch + 1},
                   {"clusters", shape.clusters},
                   {"outliers", shape.outliers},
                   {"largest", shape.largest},
                   {"median_size", shape.median_size},
                   {"multi_camera", shape.multi_camera},
                   {"ari_singletons", quality.ari},
                   {"nmi_singletons", quality.nmi},
                   {"fmi_singletons", quality.fmi},
                   {"pair_precision_singletons", quality.pair_precision},
                   {"pair_recall_singletons", quality.pair_recall}});
  if (shape.clusters >= 2) return shape.clusters;
  throw Error(ErrorCode::kTraining,
              {"clustering before epoch " + std::to_string(epoch + 1),
               "collapsed: " + std::to_string(shape.clusters) + " clusters, " +
                   std::to_string(shape.outliers) + " outliers of " +
                   std::to_string(labels.size()) + " images",
               "at least two clusters", hint});
}

}  // namespace bcr
