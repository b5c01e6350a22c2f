#pragma once

#include "harness/adapt/adapter.h"
#include "harness/adapt/affine_rows.h"
#include "harness/adapt/fit_data.h"
#include "harness/core/json.h"
#include "harness/features/row_source.h"

namespace bcr::test {

// Multiplies rows by a number, so that the harness can be tested without any real adapter.
inline AdapterInfo ToyAdapter() {
  AdapterInfo info;
  info.name = "toy";
  info.revision = 3;
  info.about = "multiplies rows by a number";
  info.parameters = R"({"factor": 2.0, "name": "x", "on": true})";
  info.needs = AdapterNeeds::kRows;
  info.widths = AdapterWidths::kEqual;
  info.sides = {AdapterSide::kQuery};
  info.fit = [](const FitData& data, JsonReader& parameters) {
    const double factor = parameters.Number("factor", -10, 10);
    parameters.Text("name");
    parameters.Bool("on");
    FloatMatrix weights(data.from->cols(), data.from->cols());
    for (size_t j = 0; j < weights.rows(); ++j) weights.row(j)[j] = static_cast<float>(factor);
    AdapterState state;
    state.arrays["weights"] = weights;
    state.numbers["rows"] = static_cast<double>(data.from->rows());
    return state;
  };
  info.apply = [](const AdapterState& state, std::shared_ptr<const RowSource> rows) {
    NumberOf(state, "rows");
    const FloatMatrix& weights = ArrayOf(state, "weights", state.width_out, state.width_in);
    return NewAffineRows({.weights = weights}, std::move(rows));
  };
  return info;
}

}  // namespace bcr::test
