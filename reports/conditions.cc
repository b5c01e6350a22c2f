#include "reports/conditions.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace bcr::board {
namespace {

// What a run has that names none of these.
const Conditions& Defaults() {
  static const Conditions defaults = {
      {"overrides", ""}, {"score_on", "test"}, {"compatibility_weight", "1"}};
  return defaults;
}

std::string Joined(const std::set<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : "+") + item;
  return text;
}

// A note of all models: "cpu", or "cpu+cuda" where they differ; "" where none has it.
std::string NoteOf(const RunRecord& record, const char* name) {
  std::set<std::string> values;
  for (const ModelRecord& model : record.models) {
    if (!model.notes || !model.notes->contains(name)) continue;
    if (!model.notes->at(name).is_string()) continue;
    const auto value = model.notes->at(name).get<std::string>();
    values.insert(value.substr(0, value.find(':')));  // cuda:1 computes what cuda:0 does
  }
  return Joined(values);
}

std::string InitOf(const RunRecord& record, const std::string& key) {
  for (const ModelRecord& model : record.models) {
    if (model.key == key) return model.init;
  }
  return "";
}

Json PartOf(const RunRecord& record, const char* key) {
  return record.configuration ? record.configuration->value(key, Json()) : Json();
}

// A list of texts with commas between, a text as it is, anything else as JSON.
std::string TextOf(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const Json& item : value) text += (text.empty() ? "" : ", ") + TextOf(item);
  return text;
}

void AddConfigured(const RunRecord& record, const char* key, Conditions& conditions) {
  const Json value = PartOf(record, key);
  if (value.is_null()) return;
  conditions[key] = value == 1 ? "1" : TextOf(value);  // 1.0 is no other weight than 1
}

bool Contradict(const Conditions& a, const Conditions& b) {
  return std::any_of(a.begin(), a.end(), [&](const auto& entry) {
    const auto other = b.find(entry.first);
    return other != b.end() && other->second != entry.second;
  });
}

}  // namespace

Conditions ConditionsOf(const RunRecord& record) {
  Conditions conditions = Defaults();
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) conditions[name] = value;
  };
  add("device", NoteOf(record, "device"));
  add("precision", NoteOf(record, "precision"));
  add("init_old", InitOf(record, record.upgrade.old_model));
  add("init_paragon", InitOf(record, record.upgrade.paragon));
  for (const char* key : {"overrides", "score_on", "compatibility_weight"}) {
    AddConfigured(record, key, conditions);
  }
  return conditions;
}

std::vector<std::string> ScoringKey(const ScoringRecord& s) {
  return {s.policy,       s.distance,    s.normalised ? "normalised" : "raw",
          s.feature_side, s.widths,      s.ap,
          s.ties,         s.camera_rule, s.junk_rule};
}

Conditions Told(const Conditions& conditions) {
  Conditions told = conditions;
  for (const auto& [name, value] : Defaults()) {
    if (told.count(name) != 0 && told[name] == value) told.erase(name);
  }
  return told;
}

std::string ConditionsText(const Conditions& conditions) {
  std::string text;
  const auto add = [&](const std::string& words) { text += (text.empty() ? "" : ", ") + words; };
  for (const auto& [name, value] : Told(conditions)) {
    if (name == "device" || name == "precision") {
      if (value != "cpu" && value != "fp32") add(value);
    } else if (name.starts_with("init_")) {
      // What a setting asks for itself needs no words; a file does.
      if (value.starts_with("file:")) add(name.substr(5) + " from " + value.substr(0, 13));
    } else {
      add((name == "compatibility_weight" ? "compatibility weights times" : name) + (" " + value));
    }
  }
  return text.empty() ? "" : "run with: " + text;
}

std::vector<Records> GroupByConditions(const Records& records) {
  std::map<Conditions, Records> groups;
  Records unsure;
  for (const StoredRecord* stored : records) {
    const bool whole = stored->record.status == "ok";
    if (whole) groups[ConditionsOf(stored->record)].push_back(stored);
    if (!whole) unsure.push_back(stored);
  }
  for (const StoredRecord* stored : unsure) {
    const Conditions conditions = ConditionsOf(stored->record);
    const auto fits = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
      return !Contradict(group.first, conditions);
    });
    (fits == groups.end() ? groups[conditions] : fits->second).push_back(stored);
  }
  std::vector<Records> lists;
  for (auto& [conditions, members] : groups) {
    Records in_order;
    std::copy_if(records.begin(), records.end(), std::back_inserter(in_order),
                 [&members = members](const StoredRecord* stored) {
                   return std::find(members.begin(), members.end(), stored) != members.end();
                 });
    lists.push_back(std::move(in_order));
  }
  return lists;
}

std::string OtherRecipe(const RunRecord& record, const RunRecord& first) {
  const std::string seed = " than that of seed " + std::to_string(first.seed);
  for (const char* part : {"method", "base"}) {
    if (PartOf(record, part) != PartOf(first, part)) {
      return "another recipe (" + std::string(part) + ")" + seed;
    }
  }
  if (InitOf(record, record.upgrade.new_model) == InitOf(first, first.upgrade.new_model)) return "";
  return "the new model began as " + InitOf(record, record.upgrade.new_model) + ", in seed " +
         std::to_string(first.seed) + " as " + InitOf(first, first.upgrade.new_model);
}

std::string OtherProtocol(const RunRecord& record, const RunRecord& first) {
  for (const char* part : {"setting", "profile"}) {
    if (PartOf(record, part) == PartOf(first, part)) continue;
    return std::string(part) + " with other values under the same revision";
  }
  return "";
}

}  // namespace bcr::board
