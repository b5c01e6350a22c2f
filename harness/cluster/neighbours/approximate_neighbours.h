#pragma once

#include "harness/cluster/neighbours/neighbours.h"

namespace bcr {

// NearestRows by an index of FAISS (`options.search`): the lists that it returns, scored and ordered
// exactly. Throws as NearestRows.
NeighbourTable ApproximateNeighbours(MatrixView unit_rows, const NeighbourOptions& options);

}  // namespace bcr
