#include "harness/app/plug_in_lists.h"

#include <nlohmann/json.hpp>

#include "harness/app/list_entry.h"
#include "harness/app/plug_ins.h"
#include "harness/core/json.h"
#include "harness/nn/backbone_info.h"
#include "harness/plan/effective.h"
#include "harness/plan/recipe_book.h"
#include "protocols/profile.h"

namespace bcr {

namespace {

Json BackboneEntries() {
  Json entries = Json::array();
  for (const BackboneInfo* info : backbone_table()) {
    Json entry = ListEntry(info->name, info->revision, info->about);
    entry["source"] = info->source;
    entry["feature_width"] = info->feature_width;
    entry["switches"] = Json::object();
    for (const BackboneSwitch& one : info->switches) {
      entry["switches"][one.key] = {{"values", one.values}, {"about", one.about}};
    }
    std::string example = info->name;
    for (const BackboneSwitch& one : info->switches) {
      example += "," + one.key + "=" + one.values.back();
    }
    if (!info->switches.empty()) entry["example"] = example;
    entries.push_back(entry);
  }
  return entries;
}
// The parameters in force of a method under a profile, each with where it comes from.
Json Parameters(const RecipeBook& book, const MethodRecipe& method, const Profile& profile) {
  if (method.new_is_old) return Json::object();
  const std::vector<ObjectiveUse> uses = BindObjectives(book, method.objectives, profile);
  Json lists = {
      {"with_labels", ListParameters(BindBase(book, method.base, "ground-truth", profile), uses)}};
  const bool needs_labels =
      method.base != "auto" && book.Base(method.base).label_source == "ground-truth";
  if (!needs_labels)
    lists["without_labels"] = ListParameters(BindBase(book, method.base, "none", profile), uses);
  return lists;
}

}  // namespace

Json PlugInLists(const std::string& profile_name) {
  Json lists = Json::object();
  const PlugIns plug_ins = AllPlugIns();
  const RecipeBook book(plug_ins);
  for (const MethodRecipe& method : book.methods()) {
    Json entry = ListEntry(method.name, method.revision, method.about);
    entry["family"] = method.family;
    entry["reference"] = method.reference;
    entry["default_row"] = method.in_default_run;
    entry["reconstruction"] = method.reconstruction;
    entry["parameters"] = Parameters(book, method, FindProfile(profile_name));
    lists["methods"].push_back(entry);
  }
  for (const ObjectiveInfo* info : plug_ins.train.objectives) {
    Json entry = ListEntry(info->name, info->revision, info->about);
    entry["source"] = info->source;
    entry["parameters"] = CompleteParameters(*info, Json::object());
    lists["objectives"].push_back(entry);
  }
  for (const LabelSourceInfo* info : plug_ins.train.label_sources) {
    Json entry = ListEntry(info->name, info->revision, info->about);
    entry["source"] = info->source;
    entry["parameters"] = CompleteParameters(*info, Json::object());
    lists["label_sources"].push_back(entry);
  }
  for (const AugmenterInfo* info : plug_ins.train.augmenters) {
    Json entry = ListEntry(info->name, info->revision, info->about);
    entry["source"] = info->source;
    entry["parameters"] = ParseJson(info->parameters, info->name);
    lists["augmenters"].push_back(entry);
  }
  lists["backbones"] = BackboneEntries();
  for (const DatasetInfo* info : plug_ins.datasets) {
    Json entry = ListEntry(info->name, info->revision, info->about);
    entry["example"] = info->example;
    entry["options"] = info->options;
    lists["datasets"].push_back(entry);
  }
  return lists;
}

}  // namespace bcr
