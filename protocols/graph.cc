#include "protocols/graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/suggest.h"
#include "protocols/parse.h"

namespace bcr::protocol {
namespace {

constexpr const char* kFile = "file:";

bool IsName(const std::string& text) {
  return !text.empty() &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

// A role, or a list of different roles.
std::vector<std::string> ParseData(const Json& json, const std::string& where) {
  std::vector<std::string> roles;
  for (const Json& item : json.is_array() ? json : Json::array({json})) {
    if (!item.is_string() || !IsName(item.get<std::string>())) {
      Refuse(where, json.dump(), "a data role such as \"target\", or a list of roles");
    }
    roles.push_back(item.get<std::string>());
    if (std::count(roles.begin(), roles.end(), roles.back()) > 1) {
      Refuse(where, json.dump(), "each role once");
    }
  }
  if (roles.empty()) Refuse(where, "an empty list", "at least one data role");
  return roles;
}

// A share s stands for the part from 0 to s; [a, b] for the part from a to b.
Share ParseShare(const Json& json, const std::string& where) {
  const bool pair =
      json.is_array() && json.size() == 2 && json[0].is_number() && json[1].is_number();
  if (!pair && !json.is_number()) {
    Refuse(where, json.dump(), "a share in (0, 1], or two shares [from, to]");
  }
  const Share share =
      pair ? Share{json[0].get<double>(), json[1].get<double>()} : Share{0, json.get<double>()};
  if (!(share.from >= 0 && share.from < share.to && share.to <= 1)) {
    Refuse(where, json.dump(), "shares with 0 <= from < to <= 1");
  }
  return share;
}

bool HasRole(const ModelNode& node, const std::string& role) {
  return std::find(node.data.begin(), node.data.end(), role) != node.data.end();
}

// A share of every role, or an object with one for some of them: the others are seen whole.
void ParseImages(const Json& json, const std::string& where, ModelNode& node) {
  node.images = {};
  node.images_of.clear();
  if (!json.is_object()) {
    node.images = ParseShare(json, where);
    return;
  }
  for (const auto& [role, share] : json.items()) {
    if (!HasRole(node, role))
      Refuse(where, fmt::format("`{}`", role), "roles of `data`", SuggestionFor(role, node.data));
    node.images_of[role] = ParseShare(share, where + "." + role);
  }
}

// One word for all roles, or an object with one for some of them: the others have their labels.
void ParseLabels(const Json& json, const std::string& where, ModelNode& node) {
  const auto word = [](const Json& value, const std::string& place) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (text == "ground-truth" || text == "none") return text;
    Refuse(place, fmt::format("`{}`", text), "ground-truth or none",
           SuggestionFor(text, {"ground-truth", "none"}));
  };
  node.unlabelled.clear();
  if (!json.is_object()) {
    node.labels = word(json, where);
    return;
  }
  for (const auto& [role, value] : json.items()) {
    if (!HasRole(node, role))
      Refuse(where, fmt::format("`{}`", role), "roles of `data`", SuggestionFor(role, node.data));
    if (word(value, where + "." + role) == "none") node.unlabelled.push_back(role);
  }
  node.labels = "mixed";
}

// Roles that all have labels, or none of which has, are said by one word.
void SettleLabels(ModelNode& node) {
  if (node.labels != "mixed") return;
  std::erase_if(node.unlabelled,  // of the model that it is like
                [&](const std::string& role) { return !HasRole(node, role); });
  if (node.unlabelled.size() == node.data.size()) node.labels = "none";
  if (node.unlabelled.empty()) node.labels = "ground-truth";
  if (node.labels != "mixed") node.unlabelled.clear();
}

Json LabelsJson(const ModelNode& node) {
  if (node.labels != "mixed") return node.labels;
  Json json = Json::object();
  for (const std::string& role : node.unlabelled) json[role] = "none";
  return json;
}

Json ShareJson(const Share& share) {
  return share.from == 0 ? Json(share.to) : Json::array({share.from, share.to});
}

Json DataJson(const std::vector<std::string>& roles) {
  return roles.size() == 1 ? Json(roles.front()) : Json(roles);
}

// `base` is the model that this one is like, or null: then every key but `stream` is required.
ModelNode ParseNode(const Json& json, const std::string& name, const ModelNode* base,
                    const std::string& where) {
  JsonReader reader(json, where);
  ModelNode node = base != nullptr ? *base : ModelNode{};
  node.name = name;
  node.like = reader.Text("like", "");
  const auto wants = [&](const char* key) { return base == nullptr || reader.Has(key); };
  if (wants("data")) node.data = ParseData(reader.Raw("data"), where + ".data");
  if (wants("images")) ParseImages(reader.Raw("images"), where + ".images", node);
  std::erase_if(node.images_of, [&](const auto& entry) {  // of the model that it is like
    return !HasRole(node, entry.first);
  });
  if (wants("identities")) {
    node.identities = ParseShare(reader.Raw("identities"), where + ".identities");
  }
  if (wants("labels")) ParseLabels(reader.Raw("labels"), where + ".labels", node);
  SettleLabels(node);
  if (wants("backbone")) node.backbone = reader.Choice("backbone", {"small", "standard", "large"});
  if (wants("start")) node.start = reader.Text("start");
  if (wants("compatible_with")) node.compatible_with = reader.TextList("compatible_with");
  node.base = reader.Text("base", base != nullptr ? base->base : "auto");
  node.adapter = reader.Text("adapter", base != nullptr ? base->adapter : "none");
  node.stream = reader.Text("stream", base != nullptr ? base->stream : name);
  reader.Finish();
  return node;
}

// What must be there before a model is trained.
std::vector<std::string> NeedsOf(const ModelNode& node) {
  std::vector<std::string> needs = node.compatible_with;
  if (node.start != "random" && !node.start.starts_with(kFile)) needs.push_back(node.start);
  return needs;
}

void CheckNode(const ModelNode& node, const std::vector<ModelNode>& models,
               const std::string& where) {
  const std::string place = where + "." + node.name;
  for (const std::string& other : node.compatible_with) {
    RequireModel(models, other, place + ".compatible_with");
    if (std::count(node.compatible_with.begin(), node.compatible_with.end(), other) > 1) {
      Refuse(place + ".compatible_with", other + " twice", "each model once");
    }
  }
  if (node.start == kFile) Refuse(place + ".start", "`file:`", "file:PATH");
  if (node.start != "random" && !node.start.starts_with(kFile)) {
    std::vector<std::string> known = NamesOf(models);
    if (std::find(known.begin(), known.end(), node.start) == known.end()) {
      known.push_back("random");
      Refuse(place + ".start", fmt::format("`{}`", node.start),
             "random, another model or file:PATH", SuggestionFor(node.start, known));
    }
  }
}

std::vector<ModelNode> InOrderOfMaking(std::vector<ModelNode> waiting, const std::string& where) {
  std::sort(waiting.begin(), waiting.end(), [](const ModelNode& a, const ModelNode& b) {
    return std::pair(!a.like.empty(), a.name) < std::pair(!b.like.empty(), b.name);
  });
  std::vector<ModelNode> ordered;
  std::set<std::string> made;
  while (!waiting.empty()) {
    const auto ready = std::find_if(waiting.begin(), waiting.end(), [&](const ModelNode& node) {
      const std::vector<std::string> needs = NeedsOf(node);
      return std::all_of(needs.begin(), needs.end(),
                         [&](const std::string& need) { return made.count(need) > 0; });
    });
    if (ready == waiting.end()) {
      Refuse(where, fmt::format("`{}` needs itself, by way of others", waiting.front().name),
             "models that can be trained one after another",
             "Look at `start` and `compatible_with`.");
    }
    made.insert(ready->name);
    ordered.push_back(std::move(*ready));
    waiting.erase(ready);
  }
  return ordered;
}

Json ImagesJson(const ModelNode& node) {
  if (node.images_of.empty()) return ShareJson(node.images);
  Json json = Json::object();
  for (const auto& [role, share] : node.images_of) json[role] = ShareJson(share);
  return json;
}

Json NodeJson(const ModelNode& node) {
  Json json = {{"data", DataJson(node.data)},
               {"images", ImagesJson(node)},
               {"identities", ShareJson(node.identities)},
               {"labels", LabelsJson(node)},
               {"backbone", node.backbone},
               {"start", node.start},
               {"compatible_with", node.compatible_with}};
  if (node.base != "auto") json["base"] = node.base;
  if (node.adapter != "none") json["adapter"] = node.adapter;
  if (node.stream != node.name) json["stream"] = node.stream;
  return json;
}

// Of a model that is like another: the keys in which it differs.
Json DifferenceJson(const ModelNode& node, const ModelNode& base) {
  const Json own = NodeJson(node), other = NodeJson(base);
  Json json = {{"like", node.like}};
  for (const auto& [key, value] : own.items()) {
    if (key != "stream" && (!other.contains(key) || other[key] != value)) json[key] = value;
  }
  if (node.stream != base.stream) json["stream"] = node.stream;
  if (node.adapter != base.adapter) json["adapter"] = node.adapter;
  if (node.base != base.base) json["base"] = node.base;
  return json;
}

const ModelNode* Find(const std::vector<ModelNode>& models, const std::string& name) {
  const auto found = std::find_if(models.begin(), models.end(),
                                  [&](const ModelNode& node) { return node.name == name; });
  return found == models.end() ? nullptr : &*found;
}

}  // namespace

std::vector<ModelNode> ParseModels(const Json& models, const std::string& where) {
  std::vector<ModelNode> nodes;
  for (const bool like : {false, true}) {  // those with keys of their own first
    const std::vector<ModelNode> bases = nodes;
    for (const auto& [name, json] : models.items()) {
      const std::string place = where + "." + name;
      if (!IsName(name))
        Refuse(place, fmt::format("`{}`", name), "lower-case letters, digits and '-'");
      if (!json.is_object()) Refuse(place, json.dump(), "an object { ... }");
      if (json.contains("like") != like) continue;
      const ModelNode* base = nullptr;
      if (like) {
        const std::string text = json["like"].is_string() ? json["like"].get<std::string>() : "";
        RequireModel(bases, text, place + ".like");
        base = Find(bases, text);
      }
      nodes.push_back(ParseNode(json, name, base, place));
    }
  }
  if (nodes.empty()) Refuse(where, "no model", "at least one model");
  for (const ModelNode& node : nodes) CheckNode(node, nodes, where);
  return InOrderOfMaking(std::move(nodes), where);
}

Json ModelsJson(const std::vector<ModelNode>& models) {
  Json json = Json::object();
  for (const ModelNode& node : models) {
    json[node.name] =
        node.like.empty() ? NodeJson(node) : DifferenceJson(node, *Find(models, node.like));
  }
  return json;
}

std::vector<std::string> NamesOf(const std::vector<ModelNode>& models) {
  std::vector<std::string> names;
  for (const ModelNode& node : models) names.push_back(node.name);
  return names;
}

void RequireModel(const std::vector<ModelNode>& models, const std::string& name,
                  const std::string& where) {
  if (Find(models, name) != nullptr) return;
  Refuse(where, fmt::format("`{}`", name), "a model of this setting",
         SuggestionFor(name, NamesOf(models)));
}

}  // namespace bcr::protocol
