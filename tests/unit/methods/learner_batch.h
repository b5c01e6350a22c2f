#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/train/objective.h"

namespace at {
class Tensor;
}

namespace bcr::testing {

// Unit vectors in the plane (n x 2, float64).
at::Tensor AtDegrees(const std::vector<double>& degrees);

// A batch of features (a leaf with gradient) that stand on both sides of the neck, with labels (-1:
// none). Returns the leaf.
at::Tensor FillFeatures(const at::Tensor& features, const std::vector<int64_t>& labels,
                        Batch& batch);

// The fan of four images at 0, 50, 70 and 140 degrees, two of each identity.
at::Tensor FillFan(Batch& batch, const std::vector<int64_t>& labels = {0, 0, 1, 1});

// The sum of the terms of an objective that needs nothing but a batch, and its gradient in `leaf`.
double ValueAndGradient(const std::string& name, const Json& parameters, const Batch& batch,
                        const at::Tensor& leaf, at::Tensor* gradient);

// The gradient in unit rows x (n x d) of what has the gradient g_ij in each of their cosines (n x n).
at::Tensor ThroughCosines(const at::Tensor& g, const at::Tensor& x);

}  // namespace bcr::testing
