#include <fmt/format.h>

#include "harness/adapt/adapter.h"
#include "harness/adapt/affine_state.h"
#include "harness/adapt/fit_data.h"
#include "harness/adapt/orthogonal_factor.h"
#include "harness/adapt/pair_moments.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

FloatMatrix WeightsOf(const OrthogonalFactor& factor, double scale, size_t in, size_t out) {
  FloatMatrix weights(out, in);
  for (size_t j = 0; j < out; ++j) {
    for (size_t k = 0; k < in; ++k) {
      weights.row(j)[k] = static_cast<float>(scale * factor.matrix[k * out + j]);
    }
  }
  return weights;
}

// |s X Q - Y|^2 / |Y|^2, narrower rows padded with zeros and Q square, from the sums alone.
double Residual(const PairMoments& sums, const OrthogonalFactor& factor, double scale) {
  const double error =
      scale * scale * sums.square_from - 2 * scale * factor.nuclear_norm + sums.square_to;
  return error > 0 ? error / sums.square_to : 0;
}

void RequireDirection(const PairMoments& sums, const OrthogonalFactor& factor, bool centre) {
  if (factor.rank > 0) return;
  throw Error(
      ErrorCode::kData,
      {"adapter procrustes", fmt::format("{} pairs of rows that have nothing in common", sums.rows),
       "rows that differ from zero and from each other",
       centre ? "One image alone is its own mean: fit on more, or with centre=false." : ""});
}

AdapterState Fit(const FitData& data, JsonReader& parameters) {
  const bool unit = parameters.Bool("unit"), centre = parameters.Bool("centre");
  const bool scaled = parameters.Bool("scale");
  const size_t in = data.from->cols(), out = data.to->cols();
  const PairMoments sums = SumPairs(data, {.unit_rows = unit, .centre = centre});
  const OrthogonalFactor factor = NearestOrthogonal(sums.cross, in, out);
  RequireDirection(sums, factor, centre);
  const double scale = scaled ? factor.nuclear_norm / sums.square_from : 1.0;
  const FloatMatrix weights = WeightsOf(factor, scale, in, out);
  const FloatMatrix offset = MeanOffset(sums, weights);
  AdapterState state;
  state.numbers = {{"rows", static_cast<double>(sums.rows)},
                   {"rank", static_cast<double>(factor.rank)},
                   {"scale", scale},
                   {"residual", Residual(sums, factor, scale)}};
  StoreAffine({.weights = weights, .offset = centre ? &offset : nullptr, .unit_rows = unit}, state);
  return state;
}

}  // namespace

// Orthogonal Procrustes: the rotation (or reflection) R that minimises |X R - Y|_F over paired rows
// X (N x d_in, to be mapped) and Y (N x d_out). R = U V^T of X^T Y = U S V^T. Unequal widths: the
// narrower rows are padded with zeros; mapped rows keep the first d_out columns.
//   unit    divide rows by their length first, in fitting and in use: for cosine scoring
//   centre  subtract each model's mean row; the map then adds the target's mean
//   scale   also the best factor: trace(S) / |X|_F^2
const AdapterInfo& adapter_procrustes() {
  static const AdapterInfo info = {
      .name = "procrustes",
      .revision = 1,
      .about = "the rotation nearest to the other model on paired rows",
      .source = "Schoenemann, Psychometrika 1966; with a scale: Schoenemann and Carroll, 1970",
      .parameters = R"({"unit": true, "centre": false, "scale": false})",
      .needs = AdapterNeeds::kRows,
      .widths = AdapterWidths::kAny,
      .sides = {AdapterSide::kQuery, AdapterSide::kGallery},
      .fit = Fit,
      .apply = ApplyAffine,
  };
  return info;
}

}  // namespace bcr
