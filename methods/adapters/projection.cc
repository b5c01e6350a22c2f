#include <fmt/format.h>

#include "harness/adapt/adapter.h"
#include "harness/adapt/fit_data.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/features/feature_set.h"
#include "harness/features/row_source.h"
#include "harness/features/width.h"

namespace bcr {
namespace {

constexpr char kMatrix[] = "matrix";

AdapterState Fit(const FitData& data, JsonReader& parameters) {
  const std::string path = parameters.Text(kMatrix);
  const size_t rows = data.to->cols(), cols = data.from->cols();
  const auto refuse = [&](ErrorCode code, const std::string& where, const std::string& found) {
    throw Error(code,
                {where, found,
                 fmt::format("a .npy file of shape ({}, {}): old width, new width", rows, cols),
                 "It is the weight of the linear layer that was trained with the new model."});
  };
  if (path.empty()) refuse(ErrorCode::kConfig, "adapter projection: matrix", "no file");
  FloatMatrix matrix = ReadNpy(path);
  if (matrix.rows() != rows || matrix.cols() != cols) {
    refuse(ErrorCode::kData, path, fmt::format("shape ({}, {})", matrix.rows(), matrix.cols()));
  }
  AdapterState state;
  state.arrays[kMatrix] = std::move(matrix);
  return state;
}

std::shared_ptr<const RowSource> Apply(const AdapterState& state,
                                       std::shared_ptr<const RowSource> rows) {
  const FloatMatrix& matrix = ArrayOf(state, kMatrix, state.width_out, state.width_in);
  return NewProjectedRows(std::move(rows), matrix);
}

}  // namespace

// y = P x, P (d_old x d_new) learned together with the new model: the width policy `project`.
const AdapterInfo& adapter_projection() {
  static const AdapterInfo info = {
      .name = "projection",
      .revision = 1,
      .about = "the linear layer that was trained with the new model",
      .source = "a learned map between widths: LCE, Meng et al., ICCV 2021",
      .parameters = R"({"matrix": ""})",
      .needs = AdapterNeeds::kFile,
      .widths = AdapterWidths::kAny,
      .sides = {AdapterSide::kQuery},
      .fit = Fit,
      .apply = Apply,
  };
  return info;
}

}  // namespace bcr
