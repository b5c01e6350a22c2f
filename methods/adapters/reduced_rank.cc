#include <Eigen/Eigenvalues>
#include <algorithm>

#include "harness/adapt/adapter.h"
#include "harness/adapt/affine_state.h"
#include "harness/adapt/eigen_blocks.h"
#include "harness/adapt/least_squares.h"
#include "harness/core/json.h"

namespace bcr {
namespace {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// W after its images are projected onto the `rank` directions of the target space in which they
// vary most: V V^T W, V the first eigenvectors of W (X^T X + l I) W^T = Y^T X W^T.
std::vector<double> Reduce(const LeastSquares& sums, const std::vector<double>& full, size_t rank) {
  PinEigenBlocks();
  const auto in = static_cast<Eigen::Index>(sums.width_in());
  const auto out = static_cast<Eigen::Index>(sums.width_out());
  const Eigen::Map<const RowMatrix> w(full.data(), out, in);
  const Eigen::Map<const RowMatrix> cross(sums.pairs.cross.data(), in, out);
  const Eigen::MatrixXd images = w * cross;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(0.5 * (images + images.transpose()));
  const Eigen::MatrixXd first = solver.eigenvectors().rightCols(static_cast<Eigen::Index>(rank));
  const RowMatrix reduced = first * (first.transpose() * w);
  return {reduced.data(), reduced.data() + reduced.size()};
}

AdapterState Fit(const FitData& data, JsonReader& parameters) {
  const MomentOptions options{.unit_rows = parameters.Bool("unit"),
                              .centre = parameters.Bool("bias")};
  const double ridge = parameters.Number("ridge", 0, 1e6);
  const auto wanted = static_cast<size_t>(parameters.Integer("rank", 1, 1'000'000));
  const LeastSquares sums = SumLeastSquares(data, options);
  const size_t rank = std::min({wanted, sums.width_in(), sums.width_out()});
  AdapterState state;
  state.numbers["rank"] = static_cast<double>(rank);
  const std::vector<double> full = SolveRidge(sums, ridge, "adapter reduced-rank");
  StoreFitted(sums, Reduce(sums, full, rank), options, state);
  return state;
}

}  // namespace

// Reduced-rank regression: among the matrices A of at most the given rank, the one that minimises
// |X A - Y|_F^2 + l |A|_F^2 over paired rows X (N x d_in, to be mapped) and Y (N x d_out). It leaves
// out the target's directions that the rows say little about, which few images fit badly. Stored
// and applied as one d_out x d_in matrix.
//   rank   at most so many directions (a number above both widths gives the map of `linear`)
//   ridge, unit, bias  as those of `linear`
// The solution is the full map, its images projected onto their first principal directions.
const AdapterInfo& adapter_reduced_rank() {
  static const AdapterInfo info = {
      .name = "reduced-rank",
      .revision = 1,
      .about = "the matrix of least squares among those of a low rank",
      .source = "Izenman, Journal of Multivariate Analysis 1975, with the identity as weights",
      .parameters = R"({"rank": 32, "ridge": 0.001, "unit": true, "bias": false})",
      .needs = AdapterNeeds::kRows,
      .widths = AdapterWidths::kAny,
      .sides = {AdapterSide::kQuery, AdapterSide::kGallery},
      .fit = Fit,
      .apply = ApplyAffine,
  };
  return info;
}

}  // namespace bcr
