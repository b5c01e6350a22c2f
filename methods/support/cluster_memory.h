#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/matrix.h"

namespace bcr {

// Momentum update of a memory of unit rows by the unit rows of a batch; label -1 is passed over.
// See methods/objectives/unsupervised/cluster_nce.cc for the two rules.
void UpdateMemory(FloatMatrix& memory, const FloatMatrix& batch, const std::vector<int64_t>& labels,
                  double momentum, bool hard);

}  // namespace bcr
