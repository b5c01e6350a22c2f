#include "reports/record_io.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
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

RunRecord ReadRecord(const std::string& path) { return RecordFromJson(ReadJsonFile(path), path); }

std::vector<StoredRecord> ReadRecords(const std::string& folder_or_file) {
  if (!FolderExists(folder_or_file)) return {{folder_or_file, ReadRecord(folder_or_file)}};
  std::vector<StoredRecord> records;
  for (const std::string& name : ListFiles(folder_or_file)) {
    if (!IsRecordName(name)) continue;
    const std::string path = JoinPath(folder_or_file, name);
    records.push_back({path, ReadRecord(path)});
  }
  if (records.empty()) {
    throw Error(ErrorCode::kMissing, {folder_or_file, "no run record",
                                      "files named <setting>.<method>.<profile>.seed<k>.json",
                                      "Name the folder that `bcreid run` wrote its records to."});
  }
  return records;
}

}  // namespace bcr
