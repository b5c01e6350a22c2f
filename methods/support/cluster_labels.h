#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/cluster/clusterer.h"
#include "harness/train/label_source.h"

namespace bcr {

// Pseudo labels by a clusterer before every epoch. Outliers are left out of the epoch. The parameter
// `from` says of what: "new", the current features; "old", those of the first earlier model, which are
// the same in every epoch; "agreed", of both, where an image keeps those companions that it has in
// both. A model without an earlier one (the paragon) has the current features alone. What the clusterer draws comes from a stream of its name and the epoch, so that a
// resumed run draws it again. Ground truth is used for the notes only (cluster_notes.h).
std::unique_ptr<LabelSource> NewClusterLabels(const ClustererInfo& info, JsonReader& parameters,
                                              const LabelContext& context);

// JSON object of the parameters that every such source has beside those of its clusterer.
constexpr char kClusterLabelParameters[] = R"({"from": "new"})";
// What `info` holds of later parameters, and those.
std::string LaterParametersOf(const ClustererInfo& info);

// Every registered clusterer as a label source of its name.
std::vector<const LabelSourceInfo*> ClusterLabelSources();

}  // namespace bcr
