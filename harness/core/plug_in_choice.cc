#include "harness/core/plug_in_choice.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "harness/core/data_ref.h"
#include "harness/core/error.h"
#include "harness/core/suggest.h"

namespace bcr {
namespace {

// The typed text as a value of the default's kind.
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

}  // namespace

PlugInReference ParsePlugInReference(const PlugInKind& kind, const std::string& reference) {
  const std::string where = fmt::format("{} `{}`", kind.noun, reference);
  const std::string form = "name[,key=value...], e.g. " + kind.example;
  try {
    DataRef parsed = ParseDataRef(reference);
    if (parsed.path.empty()) return {parsed.name, parsed.options};
  } catch (const Error& error) {
    throw Error(error.code(), {where, error.text().found, form, ""});
  }
  throw Error(ErrorCode::kUsage, {where, "a colon", form, "Parameters follow a comma."});
}

Json TypedParameters(const PlugInKind& kind, const PlugInReference& typed, Json defaults) {
  std::vector<std::string> known;
  for (const auto& item : defaults.items()) known.push_back(item.key());
  for (const auto& [key, text] : typed.options) {
    if (!defaults.contains(key)) {
      throw Error(ErrorCode::kConfig, {fmt::format("{} {}", kind.noun, typed.name),
                                       fmt::format("the parameter `{}`", key),
                                       fmt::format("a parameter of this {}", kind.noun),
                                       known.empty() ? "It has none." : SuggestionFor(key, known)});
    }
    defaults[key] = ValueOf(text, defaults[key], fmt::format("{},{}", typed.name, key));
  }
  return defaults;
}

}  // namespace bcr
