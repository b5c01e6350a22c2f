#include "harness/app/plug_ins.h"

#include "methods/support/cluster_labels.h"

namespace bcr {

namespace embedded {
const std::vector<EmbeddedFile>& recipes();
const std::vector<EmbeddedFile>& bases();
}  // namespace embedded

PlugIns AllPlugIns() {
  PlugIns plug_ins;
  plug_ins.train.objectives = objective_table();
  plug_ins.train.label_sources = label_source_table();
  for (const LabelSourceInfo* info : ClusterLabelSources())
    plug_ins.train.label_sources.push_back(info);
  plug_ins.train.augmenters = augmenter_table();
  plug_ins.adapters = adapter_table();
  plug_ins.datasets = dataset_table();
  plug_ins.methods = &embedded::recipes();
  plug_ins.bases = &embedded::bases();
  return plug_ins;
}

}  // namespace bcr
