#include "harness/train/cluster_head.h"

#include <ATen/ATen.h>

#include "harness/cluster/centroids.h"
#include "harness/core/random.h"
#include "harness/nn/model.h"
#include "harness/train/label_set.h"

namespace bcr {

void GiveClusterHead(Model& model, int64_t classes, uint64_t seed) {
  model.ResetHead(classes, DeriveSeed(seed, "cluster head"));
}

void SetClusterRows(Model& model, const FloatMatrix& unit_rows, const LabelSet& labels) {
  const FloatMatrix means = UnitCentroids(unit_rows.view(), labels.labels, labels.classes);
  const at::NoGradGuard no_grad;
  at::Tensor head = model.head_weight();
  head.copy_(at::from_blob(const_cast<float*>(means.data()),
                           {static_cast<int64_t>(means.rows()), static_cast<int64_t>(means.cols())},
                           at::kFloat));
}

}  // namespace bcr
