#pragma once

#include "harness/cluster/jaccard/jaccard.h"
#include "harness/cluster/jaccard/reciprocal.h"
#include "harness/cluster/jaccard/sparse_rows.h"

namespace bcr {

// V (Zhong et al., CVPR 2017, eq. 7): each row's softmax of -d over its set of rows, d as the variant
// says.
SparseRows EncodeRows(MatrixView unit_rows, const NeighbourTable& table, RowSets sets,
                      const JaccardOptions& options);

// V' (ibid., eq. 11): mean of V over the first k2 neighbours, self included; over those there are.
SparseRows AverageRows(const SparseRows& encoded, const NeighbourTable& table, int k2, int threads);

}  // namespace bcr
