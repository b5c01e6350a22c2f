#include "harness/adapt/adapter_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/data_ref.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/core/suggest.h"

namespace bcr {
namespace {

constexpr char kForm[] = "name[,key=value...], e.g. procrustes,centre=true";

// The typed text as a value of the default's kind; JsonReader checks ranges later.
Json ValueOf(const std::string& text, const Json& fallback, const std::string& where) {
  if (fallback.is_string()) return text;
  const Json value = Json::parse(text, nullptr, false);
  // Text that is no JSON is neither.
  const bool same = fallback.is_boolean() ? value.is_boolean() : value.is_number();
  // One spelling a value, so that equal parameters have equal text: 2 and 2.0 are 2.0.
  if (same) return fallback.is_number_float() ? Json(value.get<double>()) : value;
  throw Error(ErrorCode::kUsage, {where, fmt::format("`{}`", text),
                                  fallback.is_boolean() ? "true or false" : "a number",
                                  fmt::format("The default is {}.", fallback.dump())});
}

DataRef Parse(const std::string& reference) {
  try {
    DataRef parsed = ParseDataRef(reference);
    if (parsed.path.empty()) return parsed;
  } catch (const Error& error) {
    throw Error(error.code(),
                {fmt::format("adapter `{}`", reference), error.text().found, kForm, ""});
  }
  throw Error(ErrorCode::kUsage, {fmt::format("adapter `{}`", reference), "a colon", kForm,
                                  "Parameters follow a comma."});
}

}  // namespace

const AdapterInfo& FindAdapter(const AdapterTable& table, const std::string& name) {
  std::vector<std::string> known;
  for (const AdapterInfo* info : table) {
    if (info->name == name) return *info;
    known.push_back(info->name);
  }
  throw Error(ErrorCode::kConfig, {"adapter", fmt::format("`{}`", name), "a registered adapter",
                                   SuggestionFor(name, known)});
}

AdapterChoice ParseAdapter(const AdapterTable& table, const std::string& reference) {
  const DataRef parsed = Parse(reference);
  const AdapterInfo& info = FindAdapter(table, parsed.name);
  Json parameters = ParseJson(info.parameters, "defaults of " + info.name);
  std::vector<std::string> known;
  for (const auto& item : parameters.items()) known.push_back(item.key());
  for (const auto& [key, text] : parsed.options) {
    if (!parameters.contains(key)) {
      throw Error(ErrorCode::kConfig,
                  {fmt::format("adapter {}", info.name), fmt::format("the parameter `{}`", key),
                   "a parameter of this adapter",
                   known.empty() ? "It has none." : SuggestionFor(key, known)});
    }
    parameters[key] = ValueOf(text, parameters[key], fmt::format("{},{}", info.name, key));
  }
  return {&info, DumpJsonCompact(parameters)};
}

void RequireSide(const AdapterInfo& info, AdapterSide side) {
  if (std::find(info.sides.begin(), info.sides.end(), side) != info.sides.end()) return;
  throw Error(
      ErrorCode::kConfig,
      {fmt::format("adapter {}", info.name), fmt::format("the side {}", AdapterSideName(side)),
       fmt::format("the side {}", AdapterSideName(info.sides.front())),
       "Old rows have one form in every index: this map is for the new ones."});
}

}  // namespace bcr
