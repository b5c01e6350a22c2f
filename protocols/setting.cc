#include "protocols/setting.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/embedded.h"
#include "harness/core/files.h"
#include "harness/core/suggest.h"
#include "protocols/graph.h"
#include "protocols/parse.h"

namespace bcr {

namespace embedded {
const std::vector<EmbeddedFile>& settings();
}

namespace {

using protocol::Refuse;
using Cell = std::pair<std::string, std::string>;
using Cells = std::vector<Cell>;

bool Holds(const Cells& cells, const Cell& cell) {
  return std::find(cells.begin(), cells.end(), cell) != cells.end();
}

Cell ParseCell(const Json& cell, const std::vector<ModelNode>& models, const std::string& where) {
  if (!cell.is_array() || cell.size() != 2 || !cell[0].is_string() || !cell[1].is_string()) {
    Refuse(where, cell.dump(), "a pair [query model, gallery model], e.g. [\"new\", \"old\"]");
  }
  for (const Json& name : cell) protocol::RequireModel(models, name.get<std::string>(), where);
  return {cell[0].get<std::string>(), cell[1].get<std::string>()};
}

// Later models on the galleries of earlier ones first, as tables read.
Cells EveryPair(const std::vector<ModelNode>& models) {
  Cells cells;
  for (size_t t = 0; t < models.size(); ++t) {
    for (size_t k = t + 1; k-- > 0;) cells.emplace_back(models[t].name, models[k].name);
    for (size_t k = 0; k < t; ++k) cells.emplace_back(models[k].name, models[t].name);
  }
  return cells;
}

Cells ParseCells(const Json& list, const std::vector<ModelNode>& models, const std::string& where) {
  if (list == "all") return EveryPair(models);
  if (!list.is_array()) {
    Refuse(where, list.dump(), "\"all\", or a list of [query model, gallery model] pairs");
  }
  Cells cells;
  for (const Json& item : list) {
    Cell cell = ParseCell(item, models, where);
    if (Holds(cells, cell)) Refuse(where, item.dump() + " twice", "each pair once");
    cells.push_back(std::move(cell));
  }
  return cells;
}

Upgrade ParseUpgrade(const Json& json, const Setting& setting, const std::string& where) {
  JsonReader reader(json, where);
  Upgrade upgrade{reader.Text("old"), reader.Text("new"), reader.Text("paragon", "")};
  reader.Finish();
  for (const std::string& name : {upgrade.old_model, upgrade.new_model, upgrade.paragon}) {
    if (!name.empty()) protocol::RequireModel(setting.models, name, where);
  }
  for (const Cell& needed :
       Cells{{upgrade.old_model, upgrade.old_model}, {upgrade.new_model, upgrade.old_model}}) {
    if (Holds(setting.cells, needed)) continue;
    Refuse(where, fmt::format("no cell [\"{}\", \"{}\"]", needed.first, needed.second),
           "both [old, old] and [new, old] among the cells", "The gain is their difference.");
  }
  return upgrade;
}

// The cells M(t, k), k <= t, of a chain are what its figures are made of.
void CheckChain(const Setting& setting, const std::string& where) {
  if (setting.chain.empty()) return;
  if (setting.chain.size() < 2) Refuse(where, "one model", "two or more models, oldest first");
  for (size_t t = 0; t < setting.chain.size(); ++t) {
    protocol::RequireModel(setting.models, setting.chain[t], where);
    for (size_t k = 0; k <= t; ++k) {
      if (Holds(setting.cells, {setting.chain[t], setting.chain[k]})) continue;
      Refuse(where, fmt::format("no cell [\"{}\", \"{}\"]", setting.chain[t], setting.chain[k]),
             "a cell for every later model on every earlier gallery",
             "\"cells\": \"all\" has them.");
    }
  }
}

SmokeBlock ParseSmoke(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  SmokeBlock smoke;
  smoke.identities = static_cast<int>(reader.Integer("identities", 4, 1000000));
  smoke.epochs = static_cast<int>(reader.Integer("epochs", 1, 1000000));
  reader.Finish();
  return smoke;
}

std::vector<Setting> LoadEmbedded() {
  std::vector<Setting> settings;
  for (const EmbeddedFile& file : embedded::settings()) {
    const std::string where = fmt::format("protocols/settings/{}.json", file.name);
    settings.push_back(ParseSetting(file.text, where));
    if (settings.back().name != file.name)
      Refuse(where, settings.back().name, "the file's own name");
  }
  std::sort(settings.begin(), settings.end(), [](const Setting& a, const Setting& b) {
    return std::pair(a.order, a.name) < std::pair(b.order, b.name);
  });
  return settings;
}

}  // namespace

const std::vector<Setting>& Settings() {
  static const std::vector<Setting> settings = LoadEmbedded();
  return settings;
}

Setting FindSetting(const std::string& name) {
  std::vector<std::string> names;
  for (const Setting& setting : Settings()) {
    if (setting.name == name) return setting;
    names.push_back(setting.name);
  }
  if (!name.ends_with(".json")) {
    Refuse("setting", fmt::format("`{}`", name), "a known setting or the path of a .json file",
           SuggestionFor(name, names));
  }
  Setting own = ParseSetting(ReadFile(name), name);
  if (std::find(names.begin(), names.end(), own.name) != names.end()) {
    Refuse(name + ": setting", fmt::format("`{}`", own.name),
           "a name that no compiled-in setting has",
           "Rename it, or override keys of the compiled-in one with --set.");
  }
  return own;
}

Setting ParseSetting(std::string_view text, const std::string& where) {
  return SettingFromJson(ParseJson(text, where), where);
}

Setting SettingFromJson(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  Setting setting;
  setting.name = protocol::ReadName(reader, "setting");
  setting.revision = static_cast<int>(reader.Integer("revision", 1, 1000000));
  setting.order = static_cast<int>(reader.Integer("order", 0, 1000000));
  setting.in_default_run = reader.Bool("default_run", false);
  setting.about = reader.Text("about");
  setting.reference = reader.Text("reference");
  setting.models =
      protocol::ParseModels(protocol::ReadObject(reader, "models"), where + ": models");
  setting.score_on = protocol::ReadName(reader, "score_on");
  setting.cells = ParseCells(reader.Raw("cells"), setting.models, where + ": cells");
  setting.all_cells = reader.Raw("cells").is_string();
  setting.upgrade =
      ParseUpgrade(protocol::ReadObject(reader, "upgrade"), setting, where + ": upgrade");
  setting.chain = reader.TextList("chain", std::vector<std::string>{});
  CheckChain(setting, where + ": chain");
  setting.widths = reader.Choice("widths", {"equal", "truncate", "pad", "project"});
  setting.validation_share = reader.Number("validation_share", 0.0, 0.5);
  setting.locked = reader.TextList("locked");
  setting.smoke = ParseSmoke(protocol::ReadObject(reader, "smoke"), where + ": smoke");
  reader.Finish();
  return setting;
}

Json SettingJson(const Setting& setting) {
  Json upgrade = {{"old", setting.upgrade.old_model}, {"new", setting.upgrade.new_model}};
  if (!setting.upgrade.paragon.empty()) upgrade["paragon"] = setting.upgrade.paragon;
  Json json = {
      {"setting", setting.name},
      {"revision", setting.revision},
      {"order", setting.order},
      {"about", setting.about},
      {"reference", setting.reference},
      {"models", protocol::ModelsJson(setting.models)},
      {"score_on", setting.score_on},
      {"cells", setting.all_cells ? Json("all") : Json(setting.cells)},
      {"upgrade", upgrade},
      {"widths", setting.widths},
      {"validation_share", setting.validation_share},
      {"locked", setting.locked},
      {"smoke", {{"identities", setting.smoke.identities}, {"epochs", setting.smoke.epochs}}}};
  if (setting.in_default_run) json["default_run"] = true;
  if (!setting.chain.empty()) json["chain"] = setting.chain;
  return json;
}

const ModelNode& NodeOf(const Setting& setting, const std::string& name) {
  const auto found = std::find_if(setting.models.begin(), setting.models.end(),
                                  [&](const ModelNode& node) { return node.name == name; });
  BCR_CHECK(found != setting.models.end(), "no model of this name in the setting: " + name);
  return *found;
}

std::vector<std::string> DataRolesOf(const Setting& setting) {
  std::set<std::string> roles = {setting.score_on};
  for (const ModelNode& node : setting.models) roles.insert(node.data.begin(), node.data.end());
  return {roles.begin(), roles.end()};
}

}  // namespace bcr
