#include "harness/store/store_file.h"

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/hash.h"
#include "harness/core/json.h"

namespace bcr {
namespace {

constexpr int kStoreRevision = 1;
constexpr char kRevision[] = "bcreid_store_revision";

bool ProvesItself(Json json) {
  const Json hash = json.at("hash");
  json.erase("hash");
  return hash == HashOf(DumpJsonCompact(json));
}

}  // namespace

std::string StoreText() {
  Json json = {{kRevision, kStoreRevision}};
  json["hash"] = HashOf(DumpJsonCompact(json));
  return DumpJson(json);
}

bool IsStoreText(const std::string& text, const std::string& file) {
  Json json;  // null where the text is none
  IsReadable([&] { json = ParseJson(text, file); });
  const bool old = json.is_object() && json.size() == 1 && json.contains(kRevision);
  if (!old && !(json.is_object() && json.contains("hash") && ProvesItself(json))) return false;
  if (json.value(kRevision, Json()) == kStoreRevision) return true;
  throw Error(
      ErrorCode::kConfig,
      {file, "a store of another version: " + DumpJsonCompact(json),
       std::string(kRevision) + " " + std::to_string(kStoreRevision),
       "Name another folder with --store, or remove this one to compute everything again."});
}

}  // namespace bcr
