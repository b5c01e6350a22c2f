#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/adapt/adapter.h"
#include "harness/app/command.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "protocols/profile.h"
#include "protocols/setting.h"
#ifdef BCR_WITH_TORCH
#include "harness/app/plug_ins.h"
#include "harness/nn/backbone_info.h"
#include "harness/plan/effective.h"
#include "harness/plan/recipe_book.h"
#endif

namespace bcr {

namespace {

Json Entry(const std::string& name, int revision, const std::string& about) {
  return {{"name", name}, {"revision", revision}, {"about", about}};
}

#ifdef BCR_WITH_TORCH
Json BackboneEntries() {
  Json entries = Json::array();
  for (const BackboneInfo* info : backbone_table()) {
    Json entry = Entry(info->name, info->revision, info->about);
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
#endif

Json AdapterEntries() {
  Json entries = Json::array();
  for (const AdapterInfo* info : adapter_table()) {
    Json entry = Entry(info->name, info->revision, info->about);
    entry["source"] = info->source;
    entry["parameters"] = ParseJson(info->parameters, info->name);
    entry["made_of"] = AdapterNeedsText(info->needs);
    entry["widths"] = AdapterWidthsText(info->widths);
    entry["sides"] = Json::array();
    for (const AdapterSide side : info->sides) entry["sides"].push_back(AdapterSideName(side));
    entries.push_back(entry);
  }
  return entries;
}

Json Everything([[maybe_unused]] const std::string& profile_name) {
  Json lists = {{"settings", Json::array()}, {"profiles", Json::array()}};
  for (const Setting& setting : Settings()) {
    lists["settings"].push_back(Entry(setting.name, setting.revision, setting.about));
    lists["settings"].back()["reference"] = setting.reference;
  }
  for (const Profile& profile : Profiles()) {
    lists["profiles"].push_back(Entry(profile.name, profile.revision, profile.about));
  }
  lists["adapters"] = AdapterEntries();
#ifdef BCR_WITH_TORCH
  const PlugIns plug_ins = AllPlugIns();
  const RecipeBook book(plug_ins);
  for (const MethodRecipe& method : book.methods()) {
    Json entry = Entry(method.name, method.revision, method.about);
    entry["reference"] = method.reference;
    entry["default_row"] = method.in_default_run;
    entry["reconstruction"] = method.reconstruction;
    entry["parameters"] = Parameters(book, method, FindProfile(profile_name));
    lists["methods"].push_back(entry);
  }
  for (const ObjectiveInfo* info : plug_ins.train.objectives) {
    Json entry = Entry(info->name, info->revision, info->about);
    entry["source"] = info->source;
    entry["parameters"] = ParseJson(info->parameters, info->name);
    lists["objectives"].push_back(entry);
  }
  for (const LabelSourceInfo* info : plug_ins.train.label_sources) {
    Json entry = Entry(info->name, info->revision, info->about);
    entry["source"] = info->source;
    entry["parameters"] = ParseJson(info->parameters, info->name);
    lists["label_sources"].push_back(entry);
  }
  for (const AugmenterInfo* info : plug_ins.train.augmenters) {
    Json entry = Entry(info->name, info->revision, info->about);
    entry["source"] = info->source;
    entry["parameters"] = ParseJson(info->parameters, info->name);
    lists["augmenters"].push_back(entry);
  }
  lists["backbones"] = BackboneEntries();
  for (const DatasetInfo* info : plug_ins.datasets) {
    Json entry = Entry(info->name, info->revision, info->about);
    entry["example"] = info->example;
    entry["options"] = info->options;
    lists["datasets"].push_back(entry);
  }
#endif
  return lists;
}

int List(const std::string& what, bool as_json, const std::string& profile) {
  Json lists = Everything(profile);
  if (!what.empty()) {
    if (!lists.contains(what)) {
      throw Error(ErrorCode::kUsage,
                  {"list", what,
                   "settings, profiles, adapters, methods, objectives, label_sources, augmenters, "
                   "backbones or datasets",
                   "The light build lists settings, profiles and adapters only."});
    }
    lists = Json{{what, lists[what]}};
  }
  if (as_json) {
    std::fputs(DumpJson(lists).c_str(), stdout);
    return kExitOk;
  }
  for (const auto& [kind, entries] : lists.items()) {
    fmt::print("{}\n", kind);
    for (const Json& entry : entries) {
      std::string marks = entry.value("default_row", false) ? " *" : "";
      if (entry.value("reconstruction", false)) marks += " ~";
      fmt::print("  {:28} {}{}\n", entry["name"].get<std::string>() + marks,
                 entry["about"].get<std::string>(),
                 entry.contains("example") ? "  e.g. " + entry["example"].get<std::string>() : "");
    }
  }
  if (lists.contains("methods")) {
    std::puts(
        "* a default row of `run`\n"
        "~ a reconstruction: the paper's own text is not public (`list methods --json` names it)");
  }
  if (lists.contains("settings")) {
    std::puts(
        "The source paper's own list of five settings is not public beyond \"in-domain, and "
        "cross-domain supervised "
        "and\nunsupervised, five in all\".");
  }
  return kExitOk;
}

}  // namespace

void AddListCommand(CLI::App& app, Action& action) {
  struct Flags {
    std::string what;
    bool as_json = false;
    std::string profile = "quick";
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* list = app.add_subcommand(
      "list", "Settings, profiles, methods, plug-ins of every kind and data sets of this binary");
  list->add_option("what", flags->what,
                   "settings | profiles | adapters | methods | objectives | label_sources | "
                   "augmenters | backbones | datasets (default: all)");
  list->add_flag("--json", flags->as_json, "As JSON");
  list->add_option("--profile", flags->profile,
                   "The profile whose parameters `list methods --json` shows for each method")
      ->capture_default_str();
  list->footer("\nExamples:\n  bcreid list\n  bcreid list methods --json");
  list->callback([flags, &action] {
    action = [flags] { return List(flags->what, flags->as_json, flags->profile); };
  });
}

}  // namespace bcr
