#include "harness/adapt/adapter.h"
#include "harness/adapt/dense_network.h"
#include "harness/adapt/fit_data.h"
#include "harness/adapt/least_squares.h"
#include "harness/adapt/network_fit.h"
#include "harness/core/json.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

FloatMatrix LinearPart(const FitData& data, bool unit, double ridge) {
  const LeastSquares sums = SumLeastSquares(data, {.unit_rows = unit});
  return WeightsOf(sums, SolveRidge(sums, ridge, "adapter residual-mlp"));
}

AdapterState Fit(const FitData& data, JsonReader& parameters) {
  const size_t in = data.from->cols(), out = data.to->cols();
  const auto hidden = static_cast<size_t>(parameters.Integer("hidden", 1, 65'536));
  NetworkFit fit;
  fit.layers = {{.in = in, .out = hidden, .relu = true}, {.in = hidden, .out = out}};
  fit.zero_last = true;
  ReadTraining(parameters, 1, fit);
  fit.skip = LinearPart(data, fit.unit_rows, parameters.Number("ridge", 0, 1e6));
  AdapterState state;
  FitNetwork(data, fit, state);
  return state;
}

}  // namespace

// A linear map and a small network that adds what it misses: y = A x + V relu(U x + u) + v, A the
// matrix of `linear` (fitted first, then kept), U hidden x d_in and V d_out x hidden trained by Adam
// on the mean squared error over paired rows, V and v from zero: it begins as `linear`.
//   hidden  how many units the network has
//   ridge   of the linear part
//   unit    divide rows by their length first, in fitting and in use: for cosine scoring
//   epochs, batch, rate, weight_decay, seed  of the training; the rate falls along half a cosine
const AdapterInfo& adapter_residual_mlp() {
  static const AdapterInfo info = {
      .name = "residual-mlp",
      .revision = 1,
      .about = "the matrix of least squares and a small network that adds what it misses",
      .source = "generic: residual learning on top of a linear map",
      .parameters = R"({"hidden": 256, "ridge": 0.001, "unit": true, "epochs": 40, "batch": 256,
                        "rate": 0.001, "weight_decay": 0.0001, "seed": 1})",
      .needs = AdapterNeeds::kRows,
      .widths = AdapterWidths::kAny,
      .sides = {AdapterSide::kQuery, AdapterSide::kGallery},
      .fit = Fit,
      .apply = ApplyNetwork,
      .contract_parameters = "hidden=8,epochs=3,batch=100",
  };
  return info;
}

}  // namespace bcr
