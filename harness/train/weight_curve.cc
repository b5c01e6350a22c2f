#include "harness/train/weight_curve.h"

#include <nlohmann/json.hpp>
#include <string>

#include "harness/core/error.h"

namespace bcr {

double FactorAt(const WeightCurve& curve, double progress) {
  if (curve.empty()) return 1;
  size_t next = 0;
  while (next < curve.size() && curve[next].first <= progress) ++next;
  if (next == 0) return curve.front().second;
  if (next == curve.size()) return curve.back().second;
  const auto& [left, low] = curve[next - 1];
  const auto& [right, high] = curve[next];
  return low + (high - low) * (progress - left) / (right - left);
}

WeightCurve ParseWeightCurve(const Json& json, const std::string& where) {
  const auto refuse = [&] {
    throw Error(ErrorCode::kConfig,
                {where, json.dump(),
                 "a list of [share, factor] pairs, shares rising from 0 to 1, factors from 0",
                 "[[0, 0], [0.1, 1]] raises the weight over the first tenth of training."});
  };
  WeightCurve curve;
  if (!json.is_array() || json.empty()) refuse();
  for (const Json& point : json) {
    if (!point.is_array() || point.size() != 2 || !point[0].is_number() || !point[1].is_number())
      refuse();
    const double share = point[0].get<double>(), factor = point[1].get<double>();
    const double least = curve.empty() ? 0.0 : curve.back().first;
    if (!(share >= least && share <= 1 && factor >= 0 && factor <= 1e6)) refuse();
    curve.emplace_back(share, factor);
  }
  return curve;
}

}  // namespace bcr
