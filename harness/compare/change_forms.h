#pragma once

#include <optional>
#include <string>

#include "harness/core/json.h"
#include "harness/eval/statistics/estimate.h"

namespace bcr {

// How `compare` and `gate` write a change between two results.

// "+1.2 [+0.3, +2.1]": in points, with the interval where the paired difference has one.
std::string ChangeText(double change, const Estimate* difference, int decimals);
// "0.012", "<0.001", or "-" without a test.
std::string PText(const std::optional<double>& p_value);
// {value, low, high, few}, as far as the estimate has them.
Json DifferenceJson(const Estimate& difference);

}  // namespace bcr
