#include "protocols/parse.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace bcr::protocol {

void Refuse(const std::string& where, const std::string& found, const std::string& expected,
            const std::string& hint) {
  throw Error(ErrorCode::kConfig, {where, found, expected, hint});
}

std::string KeyPath(const JsonReader& reader, const std::string& key) {
  const bool nested = reader.where().find(": ") != std::string::npos;
  return reader.where() + (nested ? "." : ": ") + key;
}

std::string ReadName(JsonReader& reader, const std::string& key) {
  std::string name = reader.Text(key);
  const std::string allowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
  if (name.empty() || name.find_first_not_of(allowed) != std::string::npos) {
    Refuse(KeyPath(reader, key), fmt::format("`{}`", name), "lower-case letters, digits and '-'",
           "The name becomes part of file names.");
  }
  return name;
}

double ReadShare(JsonReader& reader, const std::string& key) {
  return ReadPositive(reader, key, 1.0);
}

double ReadPositive(JsonReader& reader, const std::string& key, double high) {
  double value = reader.Number(key, 0.0, high);
  if (value <= 0) {
    Refuse(KeyPath(reader, key), fmt::format("{}", value),
           fmt::format("a number above 0, at most {}", high));
  }
  return value;
}

std::vector<int> ReadMilestones(JsonReader& reader, const std::string& key) {
  const Json& list = reader.Raw(key);
  const std::string where = KeyPath(reader, key);
  if (!list.is_array()) Refuse(where, list.dump(), "a list of epochs, e.g. [10, 14]");
  std::vector<int> milestones;
  for (const Json& item : list) {
    const bool whole =
        item.is_number_integer() && item.get<double>() >= 1 && item.get<double>() <= 1e6;
    if (!whole) Refuse(where, item.dump(), "whole epochs counted from 1");
    if (!milestones.empty() && item.get<int>() <= milestones.back()) {
      Refuse(where, list.dump(), "epochs in ascending order");
    }
    milestones.push_back(item.get<int>());
  }
  return milestones;
}

const Json& ReadObject(JsonReader& reader, const std::string& key) {
  const Json& object = reader.Raw(key);
  if (!object.is_object()) Refuse(KeyPath(reader, key), object.dump(), "an object { ... }");
  return object;
}

}  // namespace bcr::protocol
