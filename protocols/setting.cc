#include "protocols/setting.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/embedded.h"
#include "harness/core/files.h"
#include "harness/core/suggest.h"
#include "protocols/parse.h"

namespace bcr {

namespace embedded {
const std::vector<EmbeddedFile>& settings();
}

namespace {

using protocol::Refuse;
using Cells = std::vector<std::pair<std::string, std::string>>;

ModelView ParseView(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  ModelView view;
  view.data = reader.Choice("data", {"target", "source"});
  view.images = protocol::ReadShare(reader, "images");
  view.identities = protocol::ReadShare(reader, "identities");
  view.labels = reader.Choice("labels", {"ground-truth", "none"});
  view.backbone = reader.Choice("backbone", {"small", "standard", "large"});
  view.init = reader.Choice("init", {"random", "source-model"});
  reader.Finish();
  return view;
}

std::pair<std::string, std::string> ParseCell(const Json& cell, const std::string& where) {
  if (!cell.is_array() || cell.size() != 2 || !cell[0].is_string() || !cell[1].is_string()) {
    Refuse(where, cell.dump(), "a pair [query model, gallery model], e.g. [\"new\", \"old\"]");
  }
  for (const Json& key : cell) {
    const std::string name = key.get<std::string>();
    if (std::find(ModelKeys().begin(), ModelKeys().end(), name) == ModelKeys().end()) {
      Refuse(where, fmt::format("`{}`", name), "a model key", SuggestionFor(name, ModelKeys()));
    }
  }
  return {cell[0].get<std::string>(), cell[1].get<std::string>()};
}

Cells ParseCells(const Json& list, const std::string& where) {
  if (!list.is_array()) Refuse(where, list.dump(), "a list of [query model, gallery model] pairs");
  Cells cells;
  for (const Json& item : list) {
    auto cell = ParseCell(item, where);
    if (std::find(cells.begin(), cells.end(), cell) != cells.end()) {
      Refuse(where, item.dump() + " twice", "each pair once");
    }
    cells.push_back(cell);
  }
  for (const auto& needed : Cells{{"old", "old"}, {"new", "old"}}) {
    if (std::find(cells.begin(), cells.end(), needed) == cells.end()) {
      Refuse(where, fmt::format("no cell [\"{}\", \"{}\"]", needed.first, needed.second),
             "both [\"old\", \"old\"] and [\"new\", \"old\"]", "The gain is their difference.");
    }
  }
  return cells;
}

SmokeBlock ParseSmoke(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  SmokeBlock smoke;
  smoke.identities = static_cast<int>(reader.Integer("identities", 4, 1000000));
  smoke.epochs = static_cast<int>(reader.Integer("epochs", 1, 1000000));
  reader.Finish();
  return smoke;
}

Json ViewJson(const ModelView& view) {
  return {{"data", view.data},     {"images", view.images},     {"identities", view.identities},
          {"labels", view.labels}, {"backbone", view.backbone}, {"init", view.init}};
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

const std::vector<std::string>& ModelKeys() {
  static const std::vector<std::string> keys = {"old", "new", "paragon"};
  return keys;
}

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
  setting.about = reader.Text("about");
  setting.reference = reader.Text("reference");
  setting.old_model = ParseView(protocol::ReadObject(reader, "old"), where + ": old");
  setting.new_model = ParseView(protocol::ReadObject(reader, "new"), where + ": new");
  setting.score_on = reader.Choice("score_on", {"target", "source"});
  setting.cells = ParseCells(reader.Raw("cells"), where + ": cells");
  setting.widths = reader.Choice("widths", {"equal", "truncate", "pad", "project"});
  setting.validation_share = reader.Number("validation_share", 0.0, 0.5);
  setting.locked = reader.TextList("locked");
  setting.smoke = ParseSmoke(protocol::ReadObject(reader, "smoke"), where + ": smoke");
  reader.Finish();
  return setting;
}

Json SettingJson(const Setting& setting) {
  return {{"setting", setting.name},
          {"revision", setting.revision},
          {"order", setting.order},
          {"about", setting.about},
          {"reference", setting.reference},
          {"old", ViewJson(setting.old_model)},
          {"new", ViewJson(setting.new_model)},
          {"score_on", setting.score_on},
          {"cells", Json(setting.cells)},
          {"widths", setting.widths},
          {"validation_share", setting.validation_share},
          {"locked", setting.locked},
          {"smoke", {{"identities", setting.smoke.identities}, {"epochs", setting.smoke.epochs}}}};
}

}  // namespace bcr
