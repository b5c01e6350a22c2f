#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/app/command.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "protocols/profile.h"
#include "protocols/setting.h"
#ifdef BCR_WITH_TORCH
#include "harness/app/plug_ins.h"
#include "harness/nn/backbone_info.h"
#include "harness/run/recipe_book.h"
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
#endif

Json Everything() {
  Json lists = {{"settings", Json::array()}, {"profiles", Json::array()}};
  for (const Setting& setting : Settings()) {
    lists["settings"].push_back(Entry(setting.name, setting.revision, setting.about));
    lists["settings"].back()["reference"] = setting.reference;
  }
  for (const Profile& profile : Profiles()) {
    lists["profiles"].push_back(Entry(profile.name, profile.revision, profile.about));
  }
#ifdef BCR_WITH_TORCH
  const PlugIns plug_ins = AllPlugIns();
  const RecipeBook book(plug_ins);
  for (const MethodRecipe& method : book.methods()) {
    Json entry = Entry(method.name, method.revision, method.about);
    entry["reference"] = method.reference;
    entry["default_row"] = method.in_default_run;
    entry["reconstruction"] = method.reconstruction;
    lists["methods"].push_back(entry);
  }
  for (const ObjectiveInfo* info : plug_ins.train.objectives) {
    Json entry = Entry(info->name, info->revision, info->about);
    entry["source"] = info->source;
    entry["parameters"] = ParseJson(info->parameters, info->name);
    lists["objectives"].push_back(entry);
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

int List(const std::string& what, bool as_json) {
  Json lists = Everything();
  if (!what.empty()) {
    if (!lists.contains(what)) {
      throw Error(ErrorCode::kUsage,
                  {"list", what, "settings, profiles, methods, objectives, backbones or datasets",
                   "The light build lists settings and profiles only."});
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
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* list = app.add_subcommand(
      "list", "Settings, profiles, methods, objectives, backbones and data sets of this binary");
  list->add_option(
      "what", flags->what,
      "settings | profiles | methods | objectives | backbones | datasets (default: all)");
  list->add_flag("--json", flags->as_json, "As JSON");
  list->footer("\nExamples:\n  bcreid list\n  bcreid list methods --json");
  list->callback(
      [flags, &action] { action = [flags] { return List(flags->what, flags->as_json); }; });
}

}  // namespace bcr
