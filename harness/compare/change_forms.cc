#include "harness/compare/change_forms.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "reports/number_text.h"

namespace bcr {

std::string ChangeText(double change, const Estimate* difference, int decimals) {
  std::string text = SignedPoints(change, decimals);
  if (difference != nullptr && difference->low) {
    text += " " + SignedInterval(*difference->low, *difference->high, difference->few, decimals);
  }
  return text;
}

std::string PText(const std::optional<double>& p_value) {
  if (!p_value) return "-";
  return *p_value < 0.001 ? "<0.001" : fmt::format("{:.3f}", *p_value);
}

Json DifferenceJson(const Estimate& difference) {
  Json json = Json::object();
  if (difference.value) json["value"] = *difference.value;
  if (difference.low) json["low"] = *difference.low;
  if (difference.high) json["high"] = *difference.high;
  if (difference.few) json["few"] = true;
  return json;
}

}  // namespace bcr
