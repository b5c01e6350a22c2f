#pragma once

#include <string>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/json.h"

namespace bcr::protocol {

// Helpers shared by the parsers of settings and profiles; private to this folder.

[[noreturn]] void Refuse(const std::string& where, const std::string& found,
                         const std::string& expected, const std::string& hint = "");

// The spelling of a key in messages: "x.json: key", "x.json: old.key".
std::string KeyPath(const JsonReader& reader, const std::string& key);

// A name that may become part of a file name: lower-case letters, digits and '-'.
std::string ReadName(JsonReader& reader, const std::string& key);
// A share in (0, 1].
double ReadShare(JsonReader& reader, const std::string& key);
// A number in (0, high].
double ReadPositive(JsonReader& reader, const std::string& key, double high);
// Ascending positive integers.
std::vector<int> ReadMilestones(JsonReader& reader, const std::string& key);
// The named object, for a nested reader. Throws kConfig where the value is not an object.
const Json& ReadObject(JsonReader& reader, const std::string& key);

}  // namespace bcr::protocol
