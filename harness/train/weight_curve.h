#pragma once

#include <utility>
#include <vector>

#include "harness/core/json.h"

namespace bcr {

// What a weight is multiplied by over training: straight lines between (share of training done,
// factor) points, constant before the first and behind the last. No point: 1 throughout. Two
// points at one share make a step; the later one holds at that share.
using WeightCurve = std::vector<std::pair<double, double>>;

double FactorAt(const WeightCurve& curve, double progress);
// From [[0, 0], [0.1, 1]]: shares in [0, 1] that do not fall, factors in [0, 1e6]. Throws kConfig;
// `where` names the recipe.
WeightCurve ParseWeightCurve(const Json& json, const std::string& where);

}  // namespace bcr
