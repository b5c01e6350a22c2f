#pragma once

#include <cstdint>
#include <vector>

#include "harness/cluster/neighbours/neighbours.h"

namespace bcr {

// One list of row indices per row, ascending.
using RowSets = std::vector<std::vector<int32_t>>;

// Length of the half lists: k1 / 2 rounded half to even, plus one, capped at `columns` (as
// numpy.around does it).
int HalfListLength(int k1, int columns);

// R_w(i) = { j in the first w of i : i in the first w of j } (Zhong et al., CVPR 2017, eq. 2), w
// self included.
RowSets ReciprocalSets(const NeighbourTable& table, int width, int threads);

// S(i): R(i) of that width, plus each half set H(q), q in R(i), of which strictly more than two
// thirds lie in R(i) (ibid., eq. 3). The test reads R(i) as it was, in integers; H(q) is added whole.
RowSets ExpandedSets(const NeighbourTable& table, int width, int half, int threads);

}  // namespace bcr
