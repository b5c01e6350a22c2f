#pragma once

#include "harness/core/json.h"

namespace at {
class Tensor;
}

namespace bcr::testing {

// A list of rows in a golden file: n x cols, float64.
at::Tensor GoldenRows(const Json& rows);
// The largest difference of two tensors of one shape.
double LargestGap(const at::Tensor& a, const at::Tensor& b);
// A part of tests/golden/unsupervised.json, which scripts/reference/unsupervised.py computes.
Json UnsupervisedGolden(const char* part);

}  // namespace bcr::testing
