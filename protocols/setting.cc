#include "protocols/setting.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/data_ref.h"
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

std::map<std::string, std::string> ParseDefaultData(JsonReader& reader) {
  std::map<std::string, std::string> data;
  if (!reader.Has("data")) return data;
  const Json& object = protocol::ReadObject(reader, "data");
  JsonReader roles(object, reader.where() + ": data");
  for (const auto& [role, value] : object.items()) {
    if (role == "target" || role == "source")
      Refuse(roles.where() + "." + role, role, "a role of another name",
             "These two have data by default already: --target and --source.");
    const std::string reference = roles.Text(role);
    ParseDataRef(reference);  // refuses what is no reference
    data[role] = reference;
  }
  return data;
}

SettingGroup::Figure ParseFigure(const Json& item, const Setting& setting,
                                 const std::string& where) {
  if (!item.is_array() || item.size() != 3 || !item[0].is_string()) {
    Refuse(where, item.dump(), "[name, query model, gallery model]");
  }
  const Cell cell = ParseCell(Json::array({item[1], item[2]}), setting.models, where);
  if (!Holds(setting.cells, cell)) Refuse(where, item.dump(), "one of the cells");
  return {item[0].get<std::string>(), cell.first, cell.second};
}

std::optional<SettingGroup> ParseGroup(JsonReader& reader, const Setting& setting) {
  if (!reader.Has("group")) return std::nullopt;
  const std::string where = reader.where() + ": group";
  JsonReader object(protocol::ReadObject(reader, "group"), where);
  SettingGroup group;
  group.name = protocol::ReadName(object, "name");
  const Json& list = object.Raw("figures");
  if (!list.is_array() || list.empty())
    Refuse(where + ".figures", list.dump(), "a list of [name, query model, gallery model]");
  for (const Json& item : list) {
    SettingGroup::Figure figure = ParseFigure(item, setting, where + ".figures");
    for (const SettingGroup::Figure& other : group.figures) {
      if (other.name == figure.name) Refuse(where + ".figures", item.dump(), "each name once");
    }
    group.figures.push_back(std::move(figure));
  }
  object.Finish();
  return group;
}

Json GroupJson(const SettingGroup& group) {
  Json figures = Json::array();
  for (const auto& figure : group.figures)
    figures.push_back({figure.name, figure.query_model, figure.gallery_model});
  return {{"name", group.name}, {"figures", figures}};
}

SmokeBlock ParseSmoke(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  SmokeBlock smoke;
  smoke.identities = static_cast<int>(reader.Integer("identities", 4, 1000000));
  smoke.epochs = static_cast<int>(reader.Integer("epochs", 1, 1000000));
  reader.Finish();
  return smoke;
}

const Setting* FindIn(const std::vector<Setting>& settings, const std::string& name) {
  const auto found = std::find_if(settings.begin(), settings.end(),
                                  [&](const Setting& setting) { return setting.name == name; });
  return found == settings.end() ? nullptr : &*found;
}

// The setting that a text is like; "" for none.
std::string LikeOf(const Json& json, const std::string& where) {
  if (!json.is_object() || !json.contains("like")) return "";
  if (json["like"].is_string() && json["like"] != "") return json["like"].get<std::string>();
  Refuse(where + ": like", json["like"].dump(), "the name of a compiled-in setting");
}

// Shares of images belong to the roles of `data`: where a text gives a model one of both anew, the
// other setting's shares by role are no longer meant.
void DropShares(const Json& own, Json& whole) {
  if (!own.contains("models") || !own["models"].is_object()) return;
  for (const auto& [name, model] : own["models"].items()) {
    if (!model.is_object() || !whole["models"].contains(name)) continue;
    Json& images = whole["models"][name]["images"];
    if (images.is_object() && (model.contains("images") || model.contains("data"))) images = 1.0;
    if (images.is_null()) whole["models"][name].erase("images");
  }
}

// The keys of a text, on top of those of the setting that it is like.
Json Complete(Json own, const std::string& where, const std::vector<Setting>& known) {
  const std::string like = LikeOf(own, where);
  if (like.empty()) return own;
  const Setting* base = FindIn(known, like);
  if (base == nullptr) {
    std::vector<std::string> names;
    for (const Setting& setting : known) names.push_back(setting.name);
    Refuse(where + ": like", fmt::format("`{}`", like), "a compiled-in setting",
           SuggestionFor(like, names));
  }
  own.erase("like");
  Json whole = SettingJson(*base);
  DropShares(own, whole);
  whole.merge_patch(own);
  return whole;
}

// A setting that is like another is made when that one is there, whatever the order of the files.
std::vector<Setting> LoadEmbedded() {
  std::vector<Setting> settings;
  std::vector<EmbeddedFile> waiting = embedded::settings();
  const auto where = [](const EmbeddedFile& file) {
    return fmt::format("protocols/settings/{}.json", file.name);
  };
  while (!waiting.empty()) {
    const size_t before = waiting.size();
    std::erase_if(waiting, [&](const EmbeddedFile& file) {
      Json own = ParseJson(file.text, where(file));
      const std::string like = LikeOf(own, where(file));
      if (!like.empty() && FindIn(settings, like) == nullptr) return false;
      own = Complete(std::move(own), where(file), settings);
      settings.push_back(SettingFromJson(own, where(file)));
      if (settings.back().name != file.name)
        Refuse(where(file), settings.back().name, "the file's own name");
      return true;
    });
    if (waiting.size() < before) continue;
    const EmbeddedFile& stuck = waiting.front();  // the setting that it is like is missing
    Complete(ParseJson(stuck.text, where(stuck)), where(stuck), settings);
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

std::vector<std::string> SettingsNamedBy(const std::string& word) {
  std::vector<std::string> names;
  for (const Setting& setting : Settings()) {
    if (setting.name == word) return {word};
    if (setting.group && setting.group->name == word) names.push_back(setting.name);
  }
  return names.empty() ? std::vector<std::string>{word} : names;
}

Setting FindSetting(const std::string& name) {
  std::vector<std::string> names;
  for (const Setting& setting : Settings()) {
    if (setting.name == name) return setting;
    names.push_back(setting.name);
    if (setting.group) names.push_back(setting.group->name);
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
  return SettingFromJson(Complete(ParseJson(text, where), where, Settings()), where);
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
  setting.data = ParseDefaultData(reader);
  setting.score_on = protocol::ReadName(reader, "score_on");
  setting.cells = ParseCells(reader.Raw("cells"), setting.models, where + ": cells");
  setting.all_cells = reader.Raw("cells").is_string();
  setting.upgrade =
      ParseUpgrade(protocol::ReadObject(reader, "upgrade"), setting, where + ": upgrade");
  setting.chain = reader.TextList("chain", std::vector<std::string>{});
  CheckChain(setting, where + ": chain");
  for (const auto& [role, reference] : setting.data) {
    const std::vector<std::string> known = DataRolesOf(setting);
    if (std::find(known.begin(), known.end(), role) == known.end())
      Refuse(where + ": data", fmt::format("`{}`", role), "a role of the models",
             SuggestionFor(role, known));
  }
  setting.group = ParseGroup(reader, setting);
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
  if (!setting.data.empty()) json["data"] = setting.data;
  if (setting.group) json["group"] = GroupJson(*setting.group);
  return json;
}

const Share& ImagesOf(const ModelNode& node, const std::string& role) {
  const auto own = node.images_of.find(role);
  return own == node.images_of.end() ? node.images : own->second;
}

bool SeesLabelsOf(const ModelNode& node, const std::string& role) {
  if (node.labels != "mixed") return node.labels == "ground-truth";
  return std::find(node.unlabelled.begin(), node.unlabelled.end(), role) == node.unlabelled.end();
}

const ModelNode& NodeOf(const Setting& setting, const std::string& name) {
  const auto found = std::find_if(setting.models.begin(), setting.models.end(),
                                  [&](const ModelNode& node) { return node.name == name; });
  BCR_CHECK(found != setting.models.end(), "no model of this name in the setting: " + name);
  return *found;
}

bool IsEarlier(const Setting& setting, const ModelNode& node) {
  return std::any_of(setting.models.begin(), setting.models.end(), [&](const ModelNode& other) {
    const std::vector<std::string>& earlier = other.compatible_with;
    return std::find(earlier.begin(), earlier.end(), node.name) != earlier.end() ||
           (!earlier.empty() && other.start == node.name);
  });
}

std::vector<std::string> DataRolesOf(const Setting& setting) {
  std::set<std::string> roles = {setting.score_on};
  for (const ModelNode& node : setting.models) roles.insert(node.data.begin(), node.data.end());
  return {roles.begin(), roles.end()};
}

}  // namespace bcr
