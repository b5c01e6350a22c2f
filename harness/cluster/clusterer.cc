#include "harness/cluster/clusterer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/core/find_named.h"
#include "harness/core/plug_in_choice.h"

namespace bcr {
namespace {

const PlugInKind kKind = {"clusterer", "dbscan,eps=0.5"};

}  // namespace

const ClustererInfo& FindClusterer(const ClustererTable& table, const std::string& name) {
  return *FindNamed(
      table, name, [](const ClustererInfo* info) { return info->name; },
      {ErrorCode::kConfig, "clusterer", fmt::format("`{}`", name), "a registered clusterer"});
}

Json DefaultsOf(const ClustererInfo& info) {
  Json defaults = ParseJson(info.parameters, "defaults of " + info.name);
  defaults.update(ParseJson(info.later_parameters, "later defaults of " + info.name));
  return defaults;
}

ClustererChoice ParseClusterer(const ClustererTable& table, const std::string& reference) {
  const PlugInReference typed = ParsePlugInReference(kKind, reference);
  const ClustererInfo& info = FindClusterer(table, typed.name);
  return {&info, DumpJsonCompact(TypedParameters(kKind, typed, DefaultsOf(info)))};
}

Clusterer MakeClusterer(const ClustererInfo& info, const Json& parameters,
                        const std::string& where) {
  JsonReader reader(parameters, where);
  Clusterer made = info.make(reader);
  reader.Finish();
  return made;
}

}  // namespace bcr
