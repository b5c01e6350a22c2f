#include "reports/record_io.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "reports/result.h"

namespace bcr {
namespace fs = std::filesystem;
namespace {

const std::string& Checked(const std::string& name, const char* what) {
  const std::string allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+";
  if (!name.empty() && name.find_first_not_of(allowed) == std::string::npos) return name;
  throw Error(ErrorCode::kConfig,
              {fmt::format("name of the {}", what), fmt::format("`{}`", name),
               "letters, digits, '-', '_' and '+'", "The name becomes part of a file name."});
}

// Four parts: setting.method.profile.seed<digits>, then ".json".
bool IsRecordName(const std::string& name) {
  if (!name.ends_with(".json")) return false;
  const std::string stem = name.substr(0, name.size() - 5);
  if (std::count(stem.begin(), stem.end(), '.') != 3) return false;
  const std::string last = stem.substr(stem.rfind('.') + 1);
  return last.size() > 4 && last.starts_with("seed") &&
         last.find_first_not_of("0123456789", 4) == std::string::npos;
}

// The folder itself, or its `records` where it holds no record.
std::string FolderOfRecords(const std::string& folder) {
  const std::vector<std::string> names = ListFiles(folder);
  const std::string inner = JoinPath(folder, "records");
  if (std::none_of(names.begin(), names.end(), IsRecordName) && FolderExists(inner)) return inner;
  return folder;
}

// Whole JSON that has nothing of a run record. What cannot be read is taken for a damaged one.
bool IsForeign(const std::string& path) {
  try {
    const Json json = ReadJsonFile(path);
    return !IsResult(json) || IsScoreReport(json);
  } catch (const Error&) {
    return false;
  }
}

bool IsNewer(const Json& json) {
  if (!json.is_object() || !json.contains("schema_version")) return false;
  const Json& version = json["schema_version"];
  return version.is_number_integer() && version > kRecordSchemaVersion;
}

}  // namespace

std::string RecordFileName(const RunRecord& record) {
  return fmt::format("{}.{}.{}.seed{}.json", Checked(record.setting.name, "setting"),
                     Checked(record.method.name, "method"), Checked(record.profile.name, "profile"),
                     record.seed);
}

std::string WriteRecord(const std::string& folder, const RunRecord& record) {
  const std::string path = JoinPath(folder, RecordFileName(record));
  WriteJsonAtomic(path, RecordJson(record));
  return path;
}

RunRecord ReadRecord(const std::string& path) {
  Json json;
  try {
    json = ReadJsonFile(path);
    return RecordFromJson(json, path);
  } catch (const Error& error) {
    const bool content = error.code() == ErrorCode::kData || error.code() == ErrorCode::kConfig;
    const bool ours = IsRecordName(fs::path(path).filename().string()) &&
                      (json.is_null() || (IsResult(json) && !IsScoreReport(json)));
    if (!content || !ours || IsNewer(json)) throw;  // a newer one is as good as it was
    ErrorText text = error.text();
    text.hint = fmt::format("Remove {}: `bcreid run` makes it anew.", path);
    throw Error(error.code(), text);
  }
}

std::vector<StoredRecord> ReadRecords(const std::string& folder_or_file,
                                      std::vector<std::string>* notes) {
  if (!FolderExists(folder_or_file)) return {{folder_or_file, ReadRecord(folder_or_file)}};
  const std::string folder = FolderOfRecords(folder_or_file);
  std::vector<StoredRecord> records;
  for (const std::string& name : ListFiles(folder)) {
    if (!IsRecordName(name)) continue;
    const std::string path = JoinPath(folder, name);
    if (IsForeign(path)) {
      if (notes != nullptr) notes->push_back(path + " is no run record: left out");
      continue;
    }
    records.push_back({path, ReadRecord(path)});
  }
  if (records.empty()) {
    throw Error(ErrorCode::kMissing, {folder_or_file, "no run record",
                                      "files named <setting>.<method>.<profile>.seed<k>.json",
                                      "Name the folder that `bcreid run` wrote its records to."});
  }
  return records;
}

void NameRelativeTo(const std::string& folder, std::vector<StoredRecord>& records) {
  const fs::path base = fs::absolute(folder.empty() ? "." : folder).lexically_normal();
  for (StoredRecord& stored : records) {
    const fs::path file = fs::absolute(stored.file).lexically_normal();
    stored.file = file.lexically_relative(base).generic_string();
  }
}

}  // namespace bcr
