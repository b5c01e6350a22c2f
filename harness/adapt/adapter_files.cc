#include "harness/adapt/adapter_files.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/features/feature_set.h"

namespace bcr {
namespace {

constexpr char kFile[] = "adapter.json";
constexpr char kKind[] = "adapter";
constexpr int kSchemaVersion = 1;
constexpr char kAgain[] = "Fit the adapter again.";

std::string ArrayPath(const std::string& folder, const std::string& name) {
  return JoinPath(folder, name + ".npy");
}

[[noreturn]] void Refuse(std::string where, std::string found, std::string expected,
                         std::string hint = kAgain) {
  throw Error(ErrorCode::kData,
              {std::move(where), std::move(found), std::move(expected), std::move(hint)});
}

// Of all of adapter.json but the check itself; the arrays are covered by the map's hash.
std::string CheckOf(Json json) {
  json.erase("check");
  return HashOf(DumpJsonCompact(json));
}

void RequireBuild(const std::string& path, const AdapterInfo& info, int64_t revision) {
  if (revision == info.revision) return;
  Refuse(path, fmt::format("revision {} of {}", revision, info.name),
         fmt::format("revision {}, which this build has", info.revision));
}

bool IsArrayName(const std::string& name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos;
}

AdapterState ReadState(JsonReader& reader, const std::string& folder, const std::string& path) {
  AdapterState state;
  constexpr int64_t kWidest = int64_t{1} << 20;
  state.width_in = static_cast<size_t>(reader.Integer("width_in", 1, kWidest));
  state.width_out = static_cast<size_t>(reader.Integer("width_out", 1, kWidest));
  for (const std::string& name : reader.TextList("arrays")) {
    if (!IsArrayName(name)) Refuse(path, "an array of another name", "small letters and _");
    state.arrays[name] = ReadNpy(ArrayPath(folder, name));
  }
  const Json& numbers = reader.Raw("numbers");
  if (!numbers.is_object()) Refuse(path, "`numbers` is no object", "names and numbers");
  for (const auto& [name, number] : numbers.items()) {
    if (!number.is_number()) Refuse(path, fmt::format("`{}` is no number", name), "a number");
    state.numbers[name] = number.get<double>();
  }
  return state;
}

}  // namespace

void SaveAdapter(const FittedAdapter& adapter, const std::string& folder) {
  Json json = DescribeAdapter(adapter);
  json["kind"] = kKind;
  json["schema_version"] = kSchemaVersion;
  json["arrays"] = Json::array();
  MakeFolders(folder);
  for (const auto& [name, array] : adapter.state().arrays) {
    BCR_CHECK(IsArrayName(name), "array names are file names");
    json["arrays"].push_back(name);
    WriteNpy(ArrayPath(folder, name), array.view());
  }
  json["check"] = CheckOf(json);
  WriteJsonAtomic(JoinPath(folder, kFile), json);
}

FittedAdapter LoadAdapter(const AdapterTable& table, const std::string& folder) {
  const std::string path = JoinPath(folder, kFile);
  const Json json = ReadJsonFile(path);
  JsonReader reader(json, path);
  reader.Choice("kind", {kKind});
  const int64_t schema = reader.Integer("schema_version", 1, INT64_MAX);
  if (schema > kSchemaVersion) {
    Refuse(path, fmt::format("schema version {}", schema),
           fmt::format("at most {}", kSchemaVersion), "A newer bcreid wrote it.");
  }
  if (reader.Text("check") != CheckOf(json)) {
    Refuse(path, "content that was changed after it was written", "the file as it was written");
  }
  const AdapterInfo& info = FindAdapter(table, reader.Text("name"));
  RequireBuild(path, info, reader.Integer("revision", 0, INT32_MAX));
  const std::string parameters = DumpJsonCompact(reader.Raw("parameters"));
  AdapterState state = ReadState(reader, folder, path);
  const std::string hash = reader.Text("hash");
  reader.Finish();
  FittedAdapter adapter(info, parameters, std::move(state));
  if (adapter.hash() != hash) {
    Refuse(folder, "an array that was changed after it was written",
           "the files as they were written");
  }
  return adapter;
}

}  // namespace bcr
