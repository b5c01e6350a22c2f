#include <fmt/format.h>

#include <Eigen/Cholesky>

#include "harness/adapt/adapter.h"
#include "harness/adapt/affine_state.h"
#include "harness/adapt/eigen_blocks.h"
#include "harness/adapt/fit_data.h"
#include "harness/adapt/pair_moments.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const RowMatrix> Matrix(const std::vector<double>& values, size_t rows, size_t cols) {
  return {values.data(), static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(cols)};
}

// A^T of (G + l I) A = C, where G (d x d) holds the sums of x x^T and C (d x d_out) those of x y^T.
RowMatrix Solve(const PairMoments& gram, const PairMoments& sums, double ridge) {
  PinEigenBlocks();
  const size_t in = sums.mean_from.size(), out = sums.mean_to.size();
  const double added = ridge * gram.square_from / static_cast<double>(in);
  Eigen::MatrixXd system = Matrix(gram.cross, in, in);
  system.diagonal().array() += added;
  const Eigen::LLT<Eigen::MatrixXd> factor(system);
  if (factor.info() != Eigen::Success || !(added > 0 || factor.rcond() > 1e-12)) {
    throw Error(ErrorCode::kData, {"adapter linear",
                                   fmt::format("{} pairs of rows that leave directions of width {} "
                                               "without an answer",
                                               sums.rows, in),
                                   "rows that differ in every direction, or a ridge above 0",
                                   "Fit on more images, or with a larger ridge."});
  }
  return factor.solve(Matrix(sums.cross, in, out)).transpose();
}

// The share of the target's squared length that the map misses: 1 - (2 <A, C> - <A, G A>) / |Y|^2.
double Residual(const PairMoments& gram, const PairMoments& sums, const RowMatrix& map) {
  const auto in = static_cast<size_t>(map.cols()), out = static_cast<size_t>(map.rows());
  const RowMatrix seen = map * Matrix(gram.cross, in, in);
  const double hit = 2 * map.transpose().cwiseProduct(Matrix(sums.cross, in, out)).sum() -
                     map.cwiseProduct(seen).sum();
  return std::max(0.0, 1 - hit / sums.square_to);
}

AdapterState Fit(const FitData& data, JsonReader& parameters) {
  const bool unit = parameters.Bool("unit"), bias = parameters.Bool("bias");
  const double ridge = parameters.Number("ridge", 0, 1e6);
  const MomentOptions options{.unit_rows = unit, .centre = bias};
  const PairMoments sums = SumPairs(data, options);
  FitData same = data;  // the rows to map, paired with themselves
  same.to = data.from;
  const PairMoments gram = SumPairs(same, options);
  const RowMatrix map = Solve(gram, sums, ridge);
  FloatMatrix weights(data.to->cols(), data.from->cols());
  for (Eigen::Index i = 0; i < map.size(); ++i)
    weights.data()[i] = static_cast<float>(map.data()[i]);
  const FloatMatrix offset = MeanOffset(sums, weights);
  AdapterState state;
  state.numbers = {{"rows", static_cast<double>(sums.rows)},
                   {"residual", Residual(gram, sums, map)}};
  StoreAffine({.weights = weights, .offset = bias ? &offset : nullptr, .unit_rows = unit}, state);
  return state;
}

}  // namespace

// Ridge regression: the matrix A that minimises |X A - Y|_F^2 + l |A|_F^2 over paired rows X (N x
// d_in, to be mapped) and Y (N x d_out), by Cholesky decomposition of X^T X + l I in float64.
//   ridge  l as a share of the mean of X^T X's diagonal, so that it means the same for every N
//   unit   divide rows by their length first, in fitting and in use: for cosine scoring
//   bias   also an additive row: both models' mean rows are subtracted, which the ridge leaves alone
const AdapterInfo& adapter_linear() {
  static const AdapterInfo info = {
      .name = "linear",
      .revision = 1,
      .about = "the matrix of least squares on paired rows, with a ridge",
      .source = "Hoerl and Kennard, Technometrics 1970",
      .parameters = R"({"ridge": 0.001, "unit": true, "bias": false})",
      .needs = AdapterNeeds::kRows,
      .widths = AdapterWidths::kAny,
      .sides = {AdapterSide::kQuery, AdapterSide::kGallery},
      .fit = Fit,
      .apply = ApplyAffine,
  };
  return info;
}

}  // namespace bcr
