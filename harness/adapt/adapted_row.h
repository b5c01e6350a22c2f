#pragma once

#include <cstddef>
#include <string>

namespace bcr {

// Below this length a row has no direction, as NormalizeRows has it.
constexpr double kShortestRow = 1e-12;

// A row's length, summed in float64.
double RowLength(const float* row, size_t width);

// What maps and fits say of rows that they cannot use; all throw kData. Rows count from 0.
[[noreturn]] void RefuseRowToMap(size_t row);   // shorter than kShortestRow
[[noreturn]] void RefuseMappedRow(size_t row);  // its image is not finite
// Shorter than kShortestRow; `model` names whose row it is.
[[noreturn]] void RefuseRowToFit(size_t row, const std::string& model);
constexpr const char* kModelToMap = "model to map";
constexpr const char* kModelToMapTo = "model to map to";

}  // namespace bcr
