#pragma once

#include <cstdint>
#include <vector>

#include "harness/cluster/neighbours.h"

namespace bcr {

// An undirected sparse graph of distances as compressed rows, columns ascending, the diagonal left
// out. Distance 0 is stored explicitly: an absent pair is farther than the graph's bound.
struct SparseGraph {
  std::vector<int64_t> begin;  // rows + 1 offsets
  std::vector<int32_t> cols;
  std::vector<float> distances;
  size_t rows() const { return begin.empty() ? 0 : begin.size() - 1; }
};

struct JaccardOptions {
  int k1 = 30;  // list length, self included (FAISS variant of Cluster Contrast, SpCL, OpenUnReID)
  int k2 = 6;   // local query expansion; 1 turns it off
  float max_distance =
      0.6F;  // in [0, 1): pairs farther than this are not kept (the bound is inclusive)
  int threads = 0;
};

// k-reciprocal Jaccard distance (Zhong et al., "Re-ranking Person Re-identification with
// k-reciprocal Encoding", CVPR 2017, in the variant of Cluster Contrast: k1 columns with self,
// weights exp(2 cos - 2)), sparse throughout: no N x N object. Half lists round half to even; the
// two-thirds test is strict and in integers. Bitwise symmetric, and the same bits for every thread
// count. Throws kConfig for options out of range, kData for rows that are not finite.
SparseGraph KReciprocalJaccard(MatrixView unit_rows, const JaccardOptions& options);

// Whether eps is one of the distances that two rows take exactly when they share a of their k2
// averaged rows and nothing else, 2 (k2 - a) / (2 k2 - a): labels then hang on the last bit.
// Example: eps 0.5 with k2 = 3 or 6. Worth a warning.
bool IsJaccardAtom(float eps, int k2);

}  // namespace bcr
