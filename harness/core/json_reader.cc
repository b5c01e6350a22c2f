#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/core/suggest.h"

namespace bcr {
namespace {

// "x.json: old" and "share" give "x.json: old.share"; "x.json" and "share" give "x.json: share".
std::string KeyPath(const std::string& where, const std::string& key) {
  if (where.empty()) return key;
  return where + (where.find(": ") == std::string::npos ? ": " : ".") + key;
}

// What the reader of a message needs to recognise the value: its text, cut short.
std::string Show(const Json& value) {
  std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > 60) {
    size_t cut = 57;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
    text = text.substr(0, cut) + "...";
  }
  return text;
}

[[noreturn]] void Refuse(const std::string& path, const Json& value, std::string expected,
                         std::string hint = "") {
  throw Error(ErrorCode::kConfig, {path, Show(value), std::move(expected), std::move(hint)});
}

}  // namespace

JsonReader::JsonReader(const Json& object, std::string where)
    : object_(object), where_(std::move(where)) {
  if (!object_.is_object()) Refuse(where_, object_, "an object");
}

bool JsonReader::Has(const std::string& key) const { return object_.contains(key); }

const Json* JsonReader::Find(const std::string& key, bool required) {
  read_.insert(key);
  const auto found = object_.find(key);
  if (found != object_.end()) return &*found;
  if (!required) return nullptr;
  std::vector<std::string> unread;
  for (const auto& item : object_.items()) {
    if (!read_.contains(item.key())) unread.push_back(item.key());
  }
  const std::string nearest = Nearest(key, unread);
  throw Error(ErrorCode::kConfig,
              {KeyPath(where_, key), "nothing", "this key",
               nearest.empty() ? "" : fmt::format("`{}` is there: is it a misspelling?", nearest)});
}

double JsonReader::Number(const std::string& key, double low, double high,
                          std::optional<double> fallback) {
  const Json* value = Find(key, !fallback.has_value());
  if (value == nullptr) return *fallback;
  const std::string expected = fmt::format("a number in [{}, {}]", low, high);
  if (!value->is_number()) Refuse(KeyPath(where_, key), *value, expected);
  const double number = value->get<double>();
  if (!(number >= low && number <= high)) Refuse(KeyPath(where_, key), *value, expected);
  return number;
}

int64_t JsonReader::Integer(const std::string& key, int64_t low, int64_t high,
                            std::optional<int64_t> fallback) {
  const Json* value = Find(key, !fallback.has_value());
  if (value == nullptr) return *fallback;
  const std::string expected = fmt::format("an integer in [{}, {}]", low, high);
  const bool too_large =
      value->is_number_unsigned() && value->get<uint64_t>() > static_cast<uint64_t>(INT64_MAX);
  if (!value->is_number_integer() || too_large) Refuse(KeyPath(where_, key), *value, expected);
  const auto number = value->get<int64_t>();
  if (number < low || number > high) Refuse(KeyPath(where_, key), *value, expected);
  return number;
}

bool JsonReader::Bool(const std::string& key, std::optional<bool> fallback) {
  const Json* value = Find(key, !fallback.has_value());
  if (value == nullptr) return *fallback;
  if (!value->is_boolean()) Refuse(KeyPath(where_, key), *value, "true or false");
  return value->get<bool>();
}

std::string JsonReader::Text(const std::string& key, std::optional<std::string> fallback) {
  const Json* value = Find(key, !fallback.has_value());
  if (value == nullptr) return *std::move(fallback);
  if (!value->is_string()) Refuse(KeyPath(where_, key), *value, "text in double quotes");
  return value->get<std::string>();
}

std::string JsonReader::Choice(const std::string& key, const std::vector<std::string>& choices,
                               std::optional<std::string> fallback) {
  const Json* value = Find(key, !fallback.has_value());
  if (value == nullptr) return *std::move(fallback);
  const std::string expected = fmt::format("one of {}", fmt::join(choices, ", "));
  if (!value->is_string()) Refuse(KeyPath(where_, key), *value, expected);
  const auto text = value->get<std::string>();
  for (const std::string& choice : choices) {
    if (text == choice) return text;
  }
  const std::string nearest = Nearest(text, choices);
  Refuse(KeyPath(where_, key), *value, expected,
         nearest.empty() ? "" : fmt::format("did you mean `{}`?", nearest));
}

std::vector<std::string> JsonReader::TextList(const std::string& key,
                                              std::optional<std::vector<std::string>> fallback) {
  const Json* value = Find(key, !fallback.has_value());
  if (value == nullptr) return *std::move(fallback);
  if (!value->is_array()) Refuse(KeyPath(where_, key), *value, "a list of texts");
  std::vector<std::string> texts;
  for (size_t i = 0; i < value->size(); ++i) {
    const Json& item = (*value)[i];
    if (!item.is_string()) Refuse(fmt::format("{}[{}]", KeyPath(where_, key), i), item, "text");
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

const Json& JsonReader::Raw(const std::string& key, bool required) {
  static const Json null;
  const Json* value = Find(key, required);
  return value == nullptr ? null : *value;
}

void JsonReader::Finish() const {
  for (const auto& item : object_.items()) {
    if (read_.contains(item.key())) continue;
    const std::vector<std::string> known(read_.begin(), read_.end());
    throw Error(ErrorCode::kConfig, {KeyPath(where_, item.key()), "an unknown key",
                                     "only keys of this object", SuggestionFor(item.key(), known)});
  }
}

}  // namespace bcr
