#pragma once

#include <cstddef>
#include <vector>

#include "harness/core/matrix.h"

namespace bcr {

struct FitData;

struct MomentOptions {
  bool unit_rows = false;  // divide every row by its length first
  bool centre = false;     // then subtract the mean row of each side
};

// Sums over the used pairs of rows (x, y), prepared as the options say.
struct PairMoments {
  size_t rows = 0;
  std::vector<double> mean_from, mean_to;  // d_in and d_out; zeros unless `centre`
  std::vector<double> cross;               // sum of x y^T: d_in x d_out, row-major
  double square_from = 0, square_to = 0;   // sums of |x|^2 and |y|^2
};

// Reads rows block by block and adds up in float64: needs d_in x d_out numbers whatever N is. With
// `centre` the rows are read twice, since subtracting means from the sums would lose digits. The
// same bits for every thread count. Throws kData for a row without direction under `unit_rows`.
// REQUIRES: pairs that RequirePairs accepts.
PairMoments SumPairs(const FitData& data, const MomentOptions& options);

// b = mean_to - W mean_from: what y = W x + b adds where W (d_out x d_in) was fitted on centred rows.
FloatMatrix MeanOffset(const PairMoments& sums, const FloatMatrix& weights);

}  // namespace bcr
