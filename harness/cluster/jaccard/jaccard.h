#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/cluster/neighbours/neighbours.h"

namespace bcr {

// An undirected sparse graph of distances as compressed rows, columns ascending, the diagonal left
// out. Distance 0 is stored explicitly: an absent pair is farther than the graph's bound.
struct SparseGraph {
  std::vector<int64_t> begin;  // rows + 1 offsets
  std::vector<int32_t> cols;
  std::vector<float> distances;
  size_t rows() const { return begin.empty() ? 0 : begin.size() - 1; }
};

// Whose arithmetic (re-ID code in circulation). Values of k1 do not compare across them: `k1 = 30` of
// Cluster Contrast are 29 neighbours beside the image itself, `k1 = 20` of MMT are 20.
enum class JaccardVariant {
  kFaiss,    // "faiss": Cluster Contrast, SpCL, OpenUnReID. Lists of k1 rows, the row itself
             // included; weights exp(-d), d = 2 - 2 cos.
  kMmt,      // "mmt": MMT and the original re-ranking. Lists of k1 + 1; each row's distances are
             // divided by its largest one.
  kClassic,  // "classic": torchreid and layumi, which square the squared distances once more before
             // they divide. Lists of k1 + 1.
};
const std::vector<std::string>& JaccardVariantNames();  // in the order of the enumerators

struct JaccardOptions {
  JaccardVariant variant = JaccardVariant::kFaiss;
  int k1 = 30;
  int k2 = 6;  // local query expansion, the row itself included; 1 turns it off
  float max_distance =
      0.6F;  // in [0, 1): pairs farther than this are not kept (the bound is inclusive)
  std::string search = "exact";  // as NeighbourOptions, whose progress this is
  int threads = 0;
  std::function<void(int64_t done, int64_t total)> progress;
};

// k-reciprocal Jaccard distance (Zhong et al., "Re-ranking Person Re-identification with
// k-reciprocal Encoding", CVPR 2017), sparse throughout: no N x N object, memory in proportion to
// N x k1. Half lists round half to even; the two-thirds test is strict and in integers. Bitwise
// symmetric, and the same bits for every thread count. Throws kConfig for options out of range or a
// variant that needs exact search beside another, kData for rows that are not finite.
SparseGraph KReciprocalJaccard(MatrixView unit_rows, const JaccardOptions& options);
// Of neighbours that were searched with NeighboursFor.
SparseGraph KReciprocalJaccard(MatrixView unit_rows, const NeighbourTable& table,
                               const JaccardOptions& options);
// What the distance needs to know of the neighbours. Throws as KReciprocalJaccard.
NeighbourOptions NeighboursFor(const JaccardOptions& options);

// Whether eps is one of the distances that two rows take exactly when they share a of their k2
// averaged rows and nothing else, 2 (k2 - a) / (2 k2 - a): labels then hang on the last bit.
// Example: eps 0.5 with k2 = 3 or 6. Worth a warning.
bool IsJaccardAtom(float eps, int k2);

}  // namespace bcr
