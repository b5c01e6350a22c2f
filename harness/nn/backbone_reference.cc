#include <algorithm>

#include "harness/core/error.h"
#include "harness/core/suggest.h"
#include "harness/nn/backbone_info.h"

namespace bcr {
namespace {

constexpr char kGrammar[] = "name[,key=value...]";

[[noreturn]] void Refuse(const std::string& reference, const std::string& found,
                         const std::string& expected, const std::string& hint) {
  throw Error(ErrorCode::kConfig, {"backbone `" + reference + "`", found, expected, hint});
}

const BackboneInfo& FindBackbone(const std::string& name, const std::string& reference) {
  for (const BackboneInfo* info : backbone_table())
    if (info->name == name) return *info;
  Refuse(reference, "`" + name + "`", "a known backbone", SuggestionFor(name, BackboneNames()));
}

const BackboneSwitch& FindSwitch(const BackboneInfo& info, const std::string& key,
                                 const std::string& reference) {
  std::vector<std::string> keys;
  for (const BackboneSwitch& one : info.switches) {
    if (one.key == key) return one;
    keys.push_back(one.key);
  }
  Refuse(reference, "switch `" + key + "`",
         keys.empty() ? "no switch: " + info.name + " has none" : "a switch of " + info.name,
         SuggestionFor(key, keys));
}

// Parts of `text` between commas.
std::vector<std::string> Split(const std::string& text) {
  std::vector<std::string> parts;
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find(',', start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

}  // namespace

BackboneChoice ChooseBackbone(const std::string& reference) {
  const std::vector<std::string> parts = Split(reference);
  BackboneChoice choice{&FindBackbone(parts[0], reference), {}};
  for (size_t i = 1; i < parts.size(); ++i) {
    const size_t equals = parts[i].find('=');
    if (equals == std::string::npos)
      Refuse(reference, "`" + parts[i] + "` behind a comma", kGrammar,
             "for example resnet50,ibn=a");
    const BackboneSwitch& known = FindSwitch(*choice.info, parts[i].substr(0, equals), reference);
    const std::string value = parts[i].substr(equals + 1);
    if (std::find(known.values.begin(), known.values.end(), value) == known.values.end())
      Refuse(reference, known.key + "=" + value, "a known value of `" + known.key + "`",
             SuggestionFor(value, known.values));
    if (!choice.values.emplace(known.key, value).second)
      Refuse(reference, "switch `" + known.key + "` twice", kGrammar, "Give each switch once.");
  }
  for (const BackboneSwitch& one : choice.info->switches)
    choice.values.emplace(one.key, one.values.front());
  return choice;
}

std::string BackboneChoice::Text() const {
  std::string text = info->name;
  for (const auto& [key, value] : values)
    for (const BackboneSwitch& one : info->switches)
      if (one.key == key && one.values.front() != value) text += "," + key + "=" + value;
  return text;
}

std::string CanonicalBackbone(const std::string& reference) {
  return ChooseBackbone(reference).Text();
}

std::string PoolingOf(const std::string& reference, const std::string& pooling) {
  return ChooseBackbone(reference).info->class_token ? "token" : pooling;
}

std::optional<BackbonePrefix> SplitBackbonePrefix(const std::string& text) {
  const auto in_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  size_t end =
      static_cast<size_t>(std::find_if_not(text.begin(), text.end(), in_word) - text.begin());
  if (end == 0 || end == text.size() || (text[end] != ',' && text[end] != '=')) return {};
  // Each comma is followed by key=value; the `=` behind the last value starts the rest.
  while (end < text.size() && text[end] == ',') {
    const size_t equals = text.find('=', end);
    if (equals == std::string::npos) return {};
    end = std::min(text.find_first_of(",=", equals + 1), text.size());
  }
  if (end == text.size()) return {};
  return BackbonePrefix{CanonicalBackbone(text.substr(0, end)), text.substr(end + 1)};
}

std::vector<std::string> BackboneNames() {
  std::vector<std::string> names;
  for (const BackboneInfo* info : backbone_table()) names.push_back(info->name);
  return names;
}

int BackboneWidth(const std::string& reference) {
  return ChooseBackbone(reference).info->feature_width;
}

}  // namespace bcr
