#include "harness/plan/effective.h"

#include <nlohmann/json.hpp>

namespace bcr {

EffectiveParameters Merge(const ParameterLayers& layers) {
  Json values = Json::object(), origins = Json::object();
  const auto lay = [&](const std::string& text, const char* origin) {
    const Json layer = ParseJson(text, "parameters");
    for (const auto& [key, value] : layer.items()) {
      values[key] = value;
      origins[key] = origin;
    }
  };
  lay(layers.defaults, "plug-in");
  const std::string profile = layers.profile.empty() ? "{}" : layers.profile;
  lay(profile, "profile");
  lay(layers.recipe, "recipe");
  const Json given = ParseJson(profile, "profile");
  for (const std::string& key : layers.overridden) {
    values[key] = given.at(key);
    origins[key] = "--set";
  }
  return {DumpJsonCompact(values), DumpJsonCompact(origins)};
}

namespace {

void AddParameters(const std::string& plug_in, const std::string& values,
                   const std::string& origins, Json& list) {
  const Json all = ParseJson(values, plug_in), from = ParseJson(origins, plug_in);
  for (const auto& [key, value] : all.items()) {
    list.push_back({{"plug_in", plug_in},
                    {"parameter", key},
                    {"value", value},
                    {"from", from.value(key, "recipe")}});
  }
}

}  // namespace

Json ListParameters(const BaseRecipe& base, const std::vector<ObjectiveUse>& compatibility) {
  Json list = Json::array();
  AddParameters(base.label_source, base.label_source_parameters, base.label_source_origins, list);
  for (const AugmenterUse& use : base.augmenters)
    AddParameters(use.augmenter, use.parameters, use.origins, list);
  for (const ObjectiveUse& use : base.objectives)
    AddParameters(use.objective, use.parameters, use.origins, list);
  for (const ObjectiveUse& use : compatibility)
    AddParameters(use.objective, use.parameters, use.origins, list);
  return list;
}

std::string ParametersText(const BaseRecipe& base, const std::vector<ObjectiveUse>& compatibility) {
  std::string text;
  for (const Json& entry : ListParameters(base, compatibility)) {
    const Json& value = entry.at("value");
    text += (text.empty() ? "" : ", ") + entry.at("plug_in").get<std::string>() + "." +
            entry.at("parameter").get<std::string>() + " " +
            (value.is_string() ? value.get<std::string>() : value.dump()) + " (" +
            entry.at("from").get<std::string>() + ")";
  }
  return text;
}

}  // namespace bcr
