#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/train/objective.h"

namespace at {
class Tensor;
}

namespace bcr::testing {

// n x cols, float64.
at::Tensor Rows(const std::vector<double>& values, int64_t cols);

// A batch of new features in the old width (a leaf with gradient) and old ones, of labels (-1: none)
// and rows of the training list (empty: every image once).
void FillPairs(const at::Tensor& fresh, const at::Tensor& old, const std::vector<int64_t>& labels,
               Batch& batch, const std::vector<int64_t>& rows = {});

std::unique_ptr<Objective> MakeNamed(const std::string& name, const Json& parameters);
// The sum of its terms.
at::Tensor LossOf(Objective& objective, const Batch& batch);
// The same of an objective that needs nothing but a batch.
double LossOf(const std::string& name, const Json& parameters, const Batch& batch);
// The gradient in the new features; zeros where there is none.
at::Tensor GradientOf(const std::string& name, const Json& parameters, const Batch& batch);

}  // namespace bcr::testing
