#include "harness/adapt/adapter.h"
#include "harness/adapt/affine_state.h"
#include "harness/adapt/least_squares.h"
#include "harness/core/json.h"

namespace bcr {
namespace {

AdapterState Fit(const FitData& data, JsonReader& parameters) {
  const MomentOptions options{.unit_rows = parameters.Bool("unit"),
                              .centre = parameters.Bool("bias")};
  const double ridge = parameters.Number("ridge", 0, 1e6);
  const LeastSquares sums = SumLeastSquares(data, options);
  AdapterState state;
  StoreFitted(sums, SolveRidge(sums, ridge, "adapter linear"), options, state);
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
