#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/matrix.h"

namespace bcr {

struct KMeansOptions {
  int64_t clusters = 2;
  int64_t rounds = 50;  // at most; fewer where no row changes its cluster any more
  uint64_t seed = 0;    // of the starts
  int threads = 0;
};

// Lloyd's algorithm on unit rows from k-means++ starts (Arthur and Vassilvitskii, SODA 2007). Equal
// distances go to the lower cluster; a cluster that loses all of its rows is left out, and the others
// are numbered in the order of their starts. Every row has a label. The same bits for every thread
// count. Time and memory in proportion to rows x clusters and rows + clusters. Throws kConfig for
// options below 1, kData for a row that is not finite.
std::vector<int64_t> KMeans(MatrixView unit_rows, const KMeansOptions& options);

}  // namespace bcr
