#pragma once

#include <string>
#include <vector>

#include "harness/adapt/pair_moments.h"

namespace bcr {

struct AdapterState;
struct FitData;

// What least squares need of paired rows X (N x d_in, to be mapped) and Y (N x d_out).
struct LeastSquares {
  PairMoments own;    // X with itself: own.cross is X^T X
  PairMoments pairs;  // X with Y: pairs.cross is X^T Y
  size_t width_in() const { return pairs.mean_from.size(); }
  size_t width_out() const { return pairs.mean_to.size(); }
};
LeastSquares SumLeastSquares(const FitData& data, const MomentOptions& options);

// The matrix W (d_out x d_in, row-major) that minimises |X W^T - Y|^2 + l |W|^2, by Cholesky
// decomposition of X^T X + l I in float64; l is `ridge` times the mean of X^T X's diagonal. Throws
// kData, in the name of `who`, where directions have no answer.
std::vector<double> SolveRidge(const LeastSquares& sums, double ridge, const std::string& who);

// The share of the target's squared length that a map misses.
double MissedShare(const LeastSquares& sums, const std::vector<double>& map);

// A map as it is stored: d_out x d_in.
FloatMatrix WeightsOf(const LeastSquares& sums, const std::vector<double>& map);
// Stores y = W x + b, b from the mean rows where they were subtracted, with the numbers `rows` and
// `residual` (what MissedShare says of W).
void StoreFitted(const LeastSquares& sums, const std::vector<double>& map,
                 const MomentOptions& options, AdapterState& state);

}  // namespace bcr
