#include "harness/adapt/adapter_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/core/plug_in_choice.h"
#include "harness/core/suggest.h"

namespace bcr {
namespace {

const PlugInKind kKind = {"adapter", "procrustes,centre=true"};

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
  const PlugInReference typed = ParsePlugInReference(kKind, reference);
  const AdapterInfo& info = FindAdapter(table, typed.name);
  const Json defaults = ParseJson(info.parameters, "defaults of " + info.name);
  return {&info, DumpJsonCompact(TypedParameters(kKind, typed, defaults))};
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
