#pragma once

#include <memory>
#include <string>

#include "harness/eval/block_source.h"
#include "harness/features/row_source.h"

namespace bcr {

// Whose arithmetic. On easy data they order a gallery alike; their distances differ.
enum class RerankFlavour {
  kOriginal,  // "original", the authors' code and BoT: squared Euclidean distances, each row
              // divided by its maximum
  kFourth,    // "fourth-power", torchreid and layumi: the squares squared once more, then divided
  kFastReid,  // "fastreid", also SpCL: lists of k1 items in place of k1 + 1, weights exp(-distance)
              // of undivided squares; the final distance takes these squares undivided too, but
              // under cosine 1 - cos, half of them, as FastReID's metric `cosine` does
};

// Throws kUsage with a suggestion for an unknown name.
RerankFlavour ParseRerankFlavour(const std::string& name);
const char* RerankFlavourName(RerankFlavour flavour);

struct RerankOptions {
  int k1 = 20;          // neighbours besides the item itself
  int k2 = 6;           // local query expansion, the item itself included; 1 turns it off
  double lambda = 0.3;  // share of the original distance in the final one, in [0, 1]
  RerankFlavour flavour = RerankFlavour::kOriginal;
  int block_mb = 256;
  int threads = 0;
};

// Throws kUsage for options out of range.
void CheckRerankOptions(const RerankOptions& options);
// "k-reciprocal, k1 20, k2 6, lambda 0.3, original": what a report says of it.
std::string RerankText(const RerankOptions& options);

// k-reciprocal re-ranking (Zhong et al., "Re-ranking Person Re-identification with k-reciprocal
// Encoding", CVPR 2017), as public code computes it: squared Euclidean distances (cosine: of unit
// rows), treated as the flavour says; half lists round half to even; the two-thirds test is strict;
// weights exp(-distance). Scores are minus the final distance.
//
// Sparse: neighbour lists and weights of all items take memory in proportion to
// (queries + gallery) x k1 x k2, and never a matrix of all items. Transductive: a query's scores
// depend on the other queries. It compares queries with queries and gallery with gallery as
// well, so both sides should come from one model or from models trained to share a space. No bit
// depends on blocks or threads. Both rows must outlive the source. Throws kUsage for options out of
// range, and what NewCpuBlockSource throws.
std::unique_ptr<BlockSource> NewRerankedSource(const RowSource& query, const RowSource& gallery,
                                               Distance distance, const RerankOptions& options);

}  // namespace bcr
