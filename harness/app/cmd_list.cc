#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "harness/adapt/adapter.h"
#include "harness/app/command.h"
#include "harness/app/list_entry.h"
#include "harness/cluster/clusterer.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "protocols/profile.h"
#include "protocols/setting.h"
#ifdef BCR_WITH_TORCH
#include "harness/app/catalogue.h"
#include "harness/app/train_library.h"
#endif

namespace bcr {

namespace {

Json AdapterEntries() {
  Json entries = Json::array();
  for (const AdapterInfo* info : adapter_table()) {
    Json entry = ListEntry(info->name, info->revision, info->about);
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

Json ClustererEntries() {
  Json entries = Json::array();
  for (const ClustererInfo* info : clusterer_table()) {
    Json entry = ListEntry(info->name, info->revision, info->about);
    entry["source"] = info->source;
    entry["parameters"] = DefaultsOf(*info);
    entries.push_back(entry);
  }
  return entries;
}

// With every key that --set may change, also those that the profile leaves at their defaults.
Json ProfileEntry(const Profile& profile) {
  Json entry = ListEntry(profile.name, profile.revision, profile.about);
  entry["keys"] = CompleteProfileJson(profile);
  const std::string with = OptimisationText(profile.optimisation),
                    without = OptimisationText(profile.without_labels.optimisation);
  if (!with.empty()) entry["moved"] = with;
  if (!without.empty()) entry["moved_without_labels"] = without;
  return entry;
}

Json Everything([[maybe_unused]] const std::string& profile, [[maybe_unused]] bool from_library) {
  Json lists = {{"settings", Json::array()}, {"profiles", Json::array()}};
  for (const Setting& setting : Settings()) {
    lists["settings"].push_back(ListEntry(setting.name, setting.revision, setting.about));
    lists["settings"].back()["reference"] = setting.reference;
  }
  for (const Profile& known : Profiles()) {
    lists["profiles"].push_back(ProfileEntry(known));
  }
  lists["adapters"] = AdapterEntries();
  lists["clusterers"] = ClustererEntries();
#ifdef BCR_WITH_TORCH
  lists.update(from_library ? Training().plug_ins(profile) : StoredPlugInLists(profile));
#endif
  return lists;
}

void PrintEntry(const Json& entry, int indent) {
  std::string marks = entry.value("default_row", false) ? " *" : "";
  if (entry.value("reconstruction", false)) marks += " ~";
  fmt::print("{:{}}{:{}} {}{}\n", "", indent, entry["name"].get<std::string>() + marks, 30 - indent,
             entry["about"].get<std::string>(),
             entry.contains("example") ? "  e.g. " + entry["example"].get<std::string>() : "");
  for (const auto& [key, words] :
       {std::pair("moved", "moved"), std::pair("moved_without_labels", "without labels moved")}) {
    if (entry.contains(key))
      fmt::print("{:{}}{} {}\n", "", 31, words, entry[key].get<std::string>());
  }
}

// Families in the order of their first method.
void PrintByFamily(const Json& methods) {
  std::set<std::string> printed;
  for (const Json& first : methods) {
    const std::string family = first["family"];
    if (!printed.insert(family).second) continue;
    fmt::print("  {}\n", family);
    for (const Json& method : methods) {
      if (method["family"] == family) PrintEntry(method, 4);
    }
  }
}

struct ListFlags {
  std::string what;
  bool as_json = false;
  std::string profile = "quick";
  bool from_library = false;    // for the test that compares the catalogue with the library
  std::string write_catalogue;  // for the build
};

int List(const ListFlags& flags) {
  const std::string& what = flags.what;
#ifdef BCR_WITH_TORCH
  if (!flags.write_catalogue.empty()) {
    WriteCatalogue(flags.write_catalogue);
    return kExitOk;
  }
#endif
  Json lists = Everything(flags.profile, flags.from_library);
  if (!what.empty()) {
    if (!lists.contains(what)) {
      throw Error(ErrorCode::kUsage,
                  {"list", what,
                   "settings, profiles, adapters, clusterers, methods, objectives, label_sources, "
                   "augmenters, "
                   "backbones or datasets",
                   "The light build lists settings, profiles, adapters and clusterers only."});
    }
    lists = Json{{what, lists[what]}};
  }
  if (flags.as_json) {
    std::fputs(DumpJson(lists).c_str(), stdout);
    return kExitOk;
  }
  for (const auto& [kind, entries] : lists.items()) {
    fmt::print("{}\n", kind);
    if (kind == "methods") {
      PrintByFamily(entries);
    } else {
      for (const Json& entry : entries) PrintEntry(entry, 2);
    }
  }
  if (lists.contains("methods")) {
    std::puts(
        "* a default row of `run`\n"
        "~ a reconstruction: the paper's own text is not public (`list methods --json` names it)\n"
        "`run --methods` takes names, the families that head these groups, patterns (rbcl-*) and "
        "all");
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
  auto flags = std::make_shared<ListFlags>();
  CLI::App* list = app.add_subcommand(
      "list", "Settings, profiles, methods, plug-ins of every kind and data sets of this binary");
  list->add_option(
      "what", flags->what,
      "settings | profiles | adapters | clusterers | methods | objectives | label_sources | "
      "augmenters | backbones | datasets (default: all)");
  list->add_flag("--json", flags->as_json, "As JSON");
  list->add_option("--profile", flags->profile,
                   "The profile whose parameters `list methods --json` shows for each method")
      ->capture_default_str();
  list->footer("\nExamples:\n  bcreid list\n  bcreid list methods --json");
#ifdef BCR_WITH_TORCH
  list->add_flag("--from-library", flags->from_library)->group("");  // group "": not in the help
  list->add_option("--write-catalogue", flags->write_catalogue)->group("");
#endif
  list->callback([flags, &action] { action = [flags] { return List(*flags); }; });
}

}  // namespace bcr
