#pragma once

#include <memory>

#include "harness/core/features/row_source.h"
#include "harness/eval/block_source.h"

namespace bcr {

struct RerankOptions {
  int k1 = 20;          // neighbours besides the item itself
  int k2 = 6;           // local query expansion, the item itself included; 1 turns it off
  double lambda = 0.3;  // share of the original distance in the final one, in [0, 1]
  int block_mb = 256;
  int threads = 0;
};

// k-reciprocal re-ranking (Zhong et al., "Re-ranking Person Re-identification with k-reciprocal
// Encoding", CVPR 2017), as the authors' code computes it: squared Euclidean distances (cosine: of
// unit rows), each row divided by its maximum; half lists round half to even; the two-thirds test
// is strict; weights exp(-distance). Scores are minus the final distance.
//
// Sparse: neighbour lists and weights of all items take memory in proportion to
// (queries + gallery) x k1 x k2, and never a matrix of all items. Transductive: a query's scores
// depend on the other queries. One model's features only: distances between two spaces have no
// scale in common. No bit depends on blocks or threads. Both rows must outlive the source. Throws
// kUsage for options out of range, and what NewCpuBlockSource throws.
std::unique_ptr<BlockSource> NewRerankedSource(const RowSource& query, const RowSource& gallery,
                                               Distance distance, const RerankOptions& options);

}  // namespace bcr
