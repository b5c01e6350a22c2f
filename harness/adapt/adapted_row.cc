#include "harness/adapt/adapted_row.h"

#include <fmt/format.h>

#include <cmath>

#include "harness/core/error.h"

namespace bcr {
namespace {

constexpr const char* kZeroRow = "a row of length zero (below 1e-12)";

[[noreturn]] void RefuseToAdapt(size_t row, const char* found, const char* hint) {
  throw Error(ErrorCode::kData, {fmt::format("rows to adapt: row {} counted from 0", row), found,
                                 "finite rows with a direction", hint});
}

}  // namespace

double RowLength(const float* row, size_t width) {
  double square = 0;
  for (size_t k = 0; k < width; ++k) square += static_cast<double>(row[k]) * row[k];
  return std::sqrt(square);
}

void RefuseRowToMap(size_t row) {
  RefuseToAdapt(row, kZeroRow, "Leave such images out, or fit the adapter with unit=false.");
}

void RefuseMappedRow(size_t row) {
  RefuseToAdapt(row, "a mapped row that is not finite",
                "Its values are too large for float32; scale the features first.");
}

void RefuseRowToFit(size_t row, const std::string& model) {
  throw Error(
      ErrorCode::kData,
      {fmt::format("rows to fit an adapter on, {}: row {} counted from 0", model, row), kZeroRow,
       "rows with a direction", "Leave such images out, or fit with unit=false."});
}

}  // namespace bcr
