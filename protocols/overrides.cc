#include "protocols/overrides.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/error.h"
#include "harness/core/suggest.h"
#include "harness/core/utf8.h"

namespace bcr {
namespace {

// A place in one target that an override can name.
struct Place {
  OverrideTarget* target;
  std::string path;      // dotted, without the prefix
  bool further = false;  // one of OverrideTarget::further
};

[[noreturn]] void RefuseOverride(const std::string& text, const std::string& found,
                                 const std::string& expected, const std::string& hint) {
  throw Error(ErrorCode::kUsage, {fmt::format("--set {}", text), found, expected, hint});
}

void CollectPaths(const Json& object, const std::string& above, std::vector<std::string>& paths) {
  for (const auto& [key, value] : object.items()) {
    const std::string path = above.empty() ? key : above + "." + key;
    if (value.is_object()) {
      CollectPaths(value, path, paths);
    } else {
      paths.push_back(path);
    }
  }
}

std::vector<Place> AllPlaces(std::vector<OverrideTarget>& targets, bool further) {
  std::vector<Place> places;
  for (OverrideTarget& target : targets) {
    const Json* document = further ? target.further : target.document;
    if (document == nullptr) continue;
    std::vector<std::string> paths;
    CollectPaths(*document, "", paths);
    for (std::string& path : paths) places.push_back({&target, std::move(path), further});
  }
  return places;
}

std::string LastComponent(const std::string& path) { return path.substr(path.rfind('.') + 1); }

std::vector<std::string> Spellings(const std::vector<Place>& places) {
  std::set<std::string> names;
  for (const Place& place : places) {
    names.insert(place.target->prefix + "." + place.path);
    names.insert(place.path);
    names.insert(LastComponent(place.path));
  }
  return {names.begin(), names.end()};
}

template <typename Match>
std::vector<Place> Select(const std::vector<Place>& places, Match match) {
  std::vector<Place> selected;
  std::copy_if(places.begin(), places.end(), std::back_inserter(selected), match);
  return selected;
}

std::vector<std::string> Components(const std::string& path) {
  std::vector<std::string> components(1);
  for (const char c : path) {
    if (c == '.') {
      components.emplace_back();
    } else {
      components.back() += c == '_' ? '-' : c;  // plug-ins have dashes where keys have underscores
    }
  }
  return components;
}

// Whether `key` is the place's path with components left out before the last one.
bool FitsLoosely(const Place& place, const std::string& key) {
  const auto path = Components(place.target->prefix + "." + place.path), wanted = Components(key);
  if (path.back() != wanted.back()) return false;
  size_t found = 0;
  for (const std::string& component : path) {
    if (found < wanted.size() && component == wanted[found]) ++found;
  }
  return found == wanted.size();
}

// The full spelling wins over the path without prefix, that over the last component alone, and that
// over a path with components left out (`triplet.margin`).
std::vector<Place> Fitting(const std::vector<Place>& places, const std::string& key) {
  auto found =
      Select(places, [&](const Place& p) { return p.target->prefix + "." + p.path == key; });
  if (found.empty()) found = Select(places, [&](const Place& p) { return p.path == key; });
  if (found.empty())
    found = Select(places, [&](const Place& p) { return LastComponent(p.path) == key; });
  if (found.empty()) found = Select(places, [&](const Place& p) { return FitsLoosely(p, key); });
  return found;
}

Place FindPlace(std::vector<OverrideTarget>& targets, const std::string& key,
                const std::string& text) {
  std::vector<Place> places = AllPlaces(targets, false);
  std::vector<Place> found = Fitting(places, key);
  if (found.empty()) {
    const std::vector<Place> further = AllPlaces(targets, true);
    found = Fitting(further, key);
    places.insert(places.end(), further.begin(), further.end());
  }
  if (found.empty()) {
    const std::string near = Nearest(key, Spellings(places));
    RefuseOverride(text, fmt::format("unknown key `{}`", key),
                   "a key of the setting or the profile",
                   near.empty() ? "`bcreid list` shows what there is."
                                : fmt::format("Did you mean `{}`?", near));
  }
  if (found.size() > 1) {
    std::string all;
    for (const Place& place : found) {
      all += (all.empty() ? "" : ", ") + place.target->prefix + "." + place.path;
    }
    RefuseOverride(text, fmt::format("`{}` fits several keys: {}", key, all), "one key",
                   "Write it in full.");
  }
  return found.front();
}

// `discarded` where the text is no JSON, or nested so deeply that comparing and printing it would
// overflow the stack.
Json ParseTyped(const std::string& value) {
  Json parsed = Json::value_t::discarded;
  IsReadable([&] { parsed = ParseJson(value, "--set", JsonComments::kRefused); });
  return parsed;
}

// Turns the typed value into JSON of the kind that `current` is.
Json ParseValue(const std::string& value, const Json& current, const std::string& text) {
  Json parsed = ParseTyped(value);
  if (current.is_string()) return parsed.is_string() ? parsed : Json(value);
  if (current.is_array() && !parsed.is_array()) parsed = ParseTyped("[" + value + "]");
  const bool fits = current.is_number_integer() ? parsed.is_number_integer()
                    : current.is_number()       ? parsed.is_number()
                                                : parsed.type() == current.type();
  if (fits) return parsed;
  const char* kind = current.is_number_integer() ? "a whole number"
                     : current.is_number()       ? "a number"
                     : current.is_boolean()      ? "true or false"
                                                 : "a list, e.g. 10,14";
  RefuseOverride(text, fmt::format("`{}`", value), kind,
                 fmt::format("The value in force is {}.", current.dump()));
}

bool IsLocked(const std::vector<std::string>& locked, const std::string& path) {
  return std::any_of(locked.begin(), locked.end(), [&](const std::string& key) {
    return path == key || path.starts_with(key + ".");
  });
}

bool NamesTheDocument(const Place& place) {
  static const std::set<std::string> fixed = {"revision", "order", "about", "reference", "locked"};
  return fixed.count(place.path) > 0 || place.path == place.target->prefix ||
         (place.target->prefix == "setting" && place.path.starts_with("data."));
}

// What the path leads to; made where it is not there and the document may change.
template <typename Document>
Document& At(Document& document, const std::string& path) {
  Document* value = &document;
  size_t begin = 0;
  while (begin <= path.size()) {
    const size_t end = std::min(path.find('.', begin), path.size());
    value = &(*value)[path.substr(begin, end - begin)];
    begin = end + 1;
  }
  return *value;
}

// The parameters that plug-ins have and the profile does not name, where the profile would hold
// them.
Json FurtherParameters(const PlugInDefaults& defaults, const Json& profile) {
  Json further = Json::object();
  const auto add = [&](const char* block, const PlugInParameters& plug_ins) {
    for (const auto& [name, text] : plug_ins) {
      const Json all = ParseJson(text, name);
      for (const auto& [key, value] : all.items()) {
        if (!profile.at(block).value(name, Json::object()).contains(key)) {
          further[block][name][key] = value;
        }
      }
    }
  };
  add("objectives", defaults.objectives);
  add("label_sources", defaults.label_sources);
  add("augmenters", defaults.augmenters);
  return further;
}

// Adds the optional keys that the profile does not name, with their values.
void AddOptionalKeys(const Profile& profile, Json& further) {
  const Json given = ProfileJson(profile), all = CompleteProfileJson(profile);
  for (const auto& [key, value] : all.items()) {
    if (!given.contains(key)) further[key] = value;
  }
  for (const char* block : {"input", "without_labels", "bases"}) {
    for (const auto& [key, value] : all.at(block).items()) {
      if (!given.at(block).contains(key)) further[block][key] = value;
    }
  }
}

// Keys that every profile locks: those of its list, and those of Optimisation and CheckpointChoice, which it
// need not name.
std::vector<std::string> LockedKeys(const Profile& profile) {
  std::vector<std::string> locked = profile.locked;
  Json all = OptimisationJson({});
  all.update(CheckpointChoiceJson({}));
  for (const auto& [key, value] : all.items()) locked.push_back(key);
  return locked;
}

// What a model of a setting may say beside its own keys.
Json FurtherModelKeys(const Json& setting) {
  Json further = Json::object();
  for (const auto& [name, model] : setting.at("models").items()) {
    if (!model.contains("base")) further["models"][name]["base"] = "auto";
    const Json labels = model.value("labels", Json());
    if (!labels.is_object() || !model.contains("data")) continue;
    for (const Json& role : model["data"]) {
      if (!labels.contains(role.get<std::string>()))
        further["models"][name]["labels"][role.get<std::string>()] = "ground-truth";
    }
  }
  return further;
}

}  // namespace

std::vector<std::string> ApplyOverrides(std::vector<OverrideTarget>& targets,
                                        const std::vector<std::string>& overrides,
                                        std::vector<std::string>* readings,
                                        std::vector<std::string>* keys) {
  std::vector<std::string> reasons;
  for (const std::string& text : overrides) {
    if (InvalidUtf8At(text) != std::string_view::npos) {
      RefuseOverride("...", "bytes that are not UTF-8", "UTF-8 text", "");
    }
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      RefuseOverride(text, "no key=value", "key=value, e.g. profile.epochs=4", "");
    }
    const Place place = FindPlace(targets, text.substr(0, equals), text);
    if (NamesTheDocument(place)) {
      RefuseOverride(text, fmt::format("`{}.{}`", place.target->prefix, place.path),
                     "a key that decides what is run",
                     place.path.starts_with("data.")
                         ? "Data are named with --data ROLE=REFERENCE."
                         : "This one only names or describes the file.");
    }
    const std::string full = place.target->prefix + "." + place.path;
    if (readings != nullptr && full != text.substr(0, equals)) {
      readings->push_back(fmt::format("--set {} is taken for {}", text, full));
    }
    if (keys != nullptr) keys->push_back(full);
    Json& current = At(*place.target->document, place.path);
    if (place.further && current.is_null()) current = At(*place.target->further, place.path);
    Json wanted = ParseValue(text.substr(equals + 1), current, text);
    if (wanted == current) continue;
    if (IsLocked(place.target->locked, place.path)) {
      reasons.push_back(fmt::format("{}.{} is locked: {} instead of {}", place.target->prefix,
                                    place.path, wanted.dump(), current.dump()));
    }
    current = std::move(wanted);
  }
  return reasons;
}

Protocol ResolveProtocol(const std::string& setting_name, const std::string& profile_name,
                         const std::vector<std::string>& overrides,
                         const PlugInDefaults& defaults) {
  const Setting setting = FindSetting(setting_name);
  const Profile profile = FindProfile(profile_name);
  Json setting_json = SettingJson(setting);
  Json profile_json = ProfileJson(profile);
  if (profile.smoke) {
    profile_json["epochs"] = setting.smoke.epochs;
    profile_json["without_labels"]["epochs"] = setting.smoke.epochs;
    profile_json["max_identities"] = setting.smoke.identities;
  }
  // Both smoke keys have had their effect: an override of them would change nothing and must not
  // look as if it did.
  const Json setting_smoke = setting_json["smoke"], profile_smoke = profile_json["smoke"];
  setting_json.erase("smoke");
  profile_json.erase("smoke");
  Json further = FurtherParameters(defaults, profile_json);
  AddOptionalKeys(profile, further);
  const Json further_models = FurtherModelKeys(setting_json);
  std::vector<OverrideTarget> targets = {
      {"setting", &setting_json, setting.locked, &further_models},
      {"profile", &profile_json, LockedKeys(profile), &further}};
  Protocol protocol;
  std::vector<std::string> keys;
  protocol.unofficial_reasons = ApplyOverrides(targets, overrides, &protocol.readings, &keys);
  setting_json["smoke"] = setting_smoke;
  profile_json["smoke"] = profile_smoke;
  protocol.setting = SettingFromJson(setting_json, "setting " + setting.name);
  protocol.profile = ProfileFromJson(profile_json, "profile " + profile.name);
  for (const std::string& key : keys) {
    if (key.starts_with("profile.")) protocol.profile.overridden.push_back(key.substr(8));
  }
  if (setting_name != setting.name) {
    protocol.unofficial_reasons.push_back(
        fmt::format("the setting comes from the file {}", setting_name));
  }
  if (protocol.profile.max_identities > 0) {
    protocol.unofficial_reasons.push_back(
        fmt::format("at most {} training identities are used", protocol.profile.max_identities));
  }
  return protocol;
}

}  // namespace bcr
