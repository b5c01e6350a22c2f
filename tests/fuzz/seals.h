#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "harness/core/error.h"
#include "harness/core/hash.h"
#include "harness/core/json.h"

namespace bcr::fuzz {

// A JSON document whose key `seal` holds the hash of all else, with that hash made right: mutants
// would not get behind it otherwise. Throws what ParseJson throws; a text that is no object comes
// back as it is.
inline std::string Resealed(const std::string& text, const std::string& seal) {
  Json json = ParseJson(text, "the file to seal");
  if (!json.is_object()) return text;
  json.erase(seal);
  json[seal] = HashOf(DumpJsonCompact(json));
  return DumpJsonCompact(json) + "\n";
}

// For readers that answer with nothing.
[[noreturn]] inline void Refuse() {
  throw Error(ErrorCode::kData, {"input", "another form", "a form that the reader knows", ""});
}

}  // namespace bcr::fuzz
