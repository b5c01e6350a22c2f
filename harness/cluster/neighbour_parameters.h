#pragma once

#include "harness/cluster/clusterer.h"
#include "harness/cluster/jaccard/jaccard.h"

namespace bcr {

// Parameters that clusterers share: `search`, and of those that use the k-reciprocal Jaccard distance
// `variant`, `k1` and `k2`. The bound on the distance is the caller's.
JaccardOptions ReadJaccard(JsonReader& reader);
std::string ReadSearch(JsonReader& reader);

// The neighbours that a call asks for; their time is noted.
NeighbourTable SearchNeighbours(MatrixView unit_rows, NeighbourOptions options,
                                const ClusterCall& call);
// The graph of distances up to options.max_distance; times are noted.
SparseGraph JaccardGraph(MatrixView unit_rows, JaccardOptions options, const ClusterCall& call);

}  // namespace bcr
