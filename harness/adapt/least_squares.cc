#include "harness/adapt/least_squares.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>

#include "harness/adapt/adapter.h"
#include "harness/adapt/affine_state.h"
#include "harness/adapt/eigen_blocks.h"
#include "harness/adapt/fit_data.h"
#include "harness/core/error.h"

namespace bcr {
namespace {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const RowMatrix> Matrix(const std::vector<double>& values, size_t rows, size_t cols) {
  return {values.data(), static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(cols)};
}

}  // namespace

LeastSquares SumLeastSquares(const FitData& data, const MomentOptions& options) {
  LeastSquares sums;
  sums.pairs = SumPairs(data, options);
  FitData same = data;  // the rows to map, paired with themselves
  same.to = data.from;
  sums.own = SumPairs(same, options);
  return sums;
}

std::vector<double> SolveRidge(const LeastSquares& sums, double ridge, const std::string& who) {
  PinEigenBlocks();
  const size_t in = sums.width_in(), out = sums.width_out();
  const double added = ridge * sums.own.square_from / static_cast<double>(in);
  Eigen::MatrixXd system = Matrix(sums.own.cross, in, in);
  system.diagonal().array() += added;
  const Eigen::LLT<Eigen::MatrixXd> factor(system);
  if (factor.info() != Eigen::Success || !(added > 0 || factor.rcond() > 1e-12)) {
    throw Error(ErrorCode::kData, {who,
                                   fmt::format("{} pairs of rows that leave directions of width {} "
                                               "without an answer",
                                               sums.pairs.rows, in),
                                   "rows that differ in every direction, or a ridge above 0",
                                   "Fit on more images, or with a larger ridge."});
  }
  const RowMatrix map = factor.solve(Matrix(sums.pairs.cross, in, out)).transpose();
  return {map.data(), map.data() + map.size()};
}

// 1 - (2 <A, C> - <A, G A>) / |Y|^2, with G = X^T X, C = X^T Y and A the map's transpose.
double MissedShare(const LeastSquares& sums, const std::vector<double>& map) {
  const size_t in = sums.width_in(), out = sums.width_out();
  const RowMatrix w = Matrix(map, out, in);
  const RowMatrix seen = w * Matrix(sums.own.cross, in, in);
  const double hit = 2 * w.transpose().cwiseProduct(Matrix(sums.pairs.cross, in, out)).sum() -
                     w.cwiseProduct(seen).sum();
  return std::max(0.0, 1 - hit / sums.pairs.square_to);
}

FloatMatrix WeightsOf(const LeastSquares& sums, const std::vector<double>& map) {
  FloatMatrix weights(sums.width_out(), sums.width_in());
  for (size_t i = 0; i < map.size(); ++i) weights.data()[i] = static_cast<float>(map[i]);
  return weights;
}

void StoreFitted(const LeastSquares& sums, const std::vector<double>& map,
                 const MomentOptions& options, AdapterState& state) {
  const FloatMatrix weights = WeightsOf(sums, map);
  const FloatMatrix offset = MeanOffset(sums.pairs, weights);
  state.numbers["rows"] = static_cast<double>(sums.pairs.rows);
  state.numbers["residual"] = MissedShare(sums, map);
  StoreAffine({.weights = weights,
               .offset = options.centre ? &offset : nullptr,
               .unit_rows = options.unit_rows},
              state);
}

}  // namespace bcr
