#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "reports/result.h"

namespace bcr {
namespace {

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

// The side files a result in JSON names, relative to it. Names that lead out of the folder of the
// result are nobody's side files.
std::set<std::string> SideFilesOf(const Json& json) {
  std::set<std::string> files;
  if (!IsResult(json) || !json.contains("cells") || !json["cells"].is_array()) return files;
  for (const Json& cell : json["cells"]) {
    if (!cell.is_object() || !cell.contains("per_query")) continue;
    const Json& ref = cell["per_query"];
    if (!ref.is_object() || !ref.contains("file") || !ref["file"].is_string()) continue;
    const auto file = ref["file"].get<std::string>();
    if (file.starts_with("queries/") && file.find("..") == std::string::npos) files.insert(file);
  }
  return files;
}

// JSON of a file, or null where it is none.
Json TryReadJson(const std::string& path) {
  try {
    return FileExists(path) ? ReadJsonFile(path) : Json();
  } catch (const Error&) {
    return {};
  }
}

void RemoveUnnamed(const std::string& folder, std::set<std::string> files) {
  for (const std::string& name : ListFiles(folder)) {
    if (files.empty()) return;
    if (!name.ends_with(".json")) continue;
    for (const std::string& kept : SideFilesOf(TryReadJson(JoinPath(folder, name)))) {
      files.erase(kept);
    }
  }
  for (const std::string& file : files) std::remove(JoinPath(folder, file).c_str());
}

}  // namespace

SideFile MakeSideFile(const std::vector<PerQueryRow>& rows, FileRef& ref) {
  SideFile side;
  side.text = PerQueryCsv(rows);
  ref.hash = HashOf(side.text);
  ref.file = side.file = "queries/" + ref.hash + ".csv";
  return side;
}

std::optional<std::vector<PerQueryRow>> ReadQueries(const Result& result, const CellRecord& cell) {
  if (!cell.per_query) return std::nullopt;
  std::string path = JoinPath(FolderOf(result.path), cell.per_query->file);
  // Of a link to a result, the files lie beside what it points to.
  if (!FileExists(path) && FileExists(result.path)) {
    path = JoinPath(FolderOf(WriteTarget(result.path)), cell.per_query->file);
  }
  if (!FileExists(path)) return std::nullopt;
  const std::string text = ReadFile(path);
  if (HashOf(text) != cell.per_query->hash) {
    throw Error(ErrorCode::kData,
                {path, "content of the hash " + HashOf(text),
                 fmt::format("{}, as {} says", cell.per_query->hash, result.path),
                 "The file was changed after the result was stored: score again."});
  }
  return ParsePerQuery(text, path);
}

void RequireReplaceable(const std::string& path, const std::string& kind,
                        const std::function<bool(const Json&)>& own) {
  RequireReplaceableFile(path, kind,
                         [&](const std::string& target) { return own(TryReadJson(target)); });
}

void RequireReplaceableFile(const std::string& path, const std::string& kind,
                            const std::function<bool(const std::string& target)>& own) {
  if (FolderExists(path)) {
    throw Error(ErrorCode::kUsage, {path, "a folder", "the name of a file to write", ""});
  }
  const std::string target = WriteTarget(path);  // refuses what is no regular file
  if (!FileExists(target) || own(target)) return;
  throw Error(ErrorCode::kUsage,
              {path, "a file that is no " + kind, "a new name, or an earlier " + kind,
               "It is left as it is: remove it yourself or name another file."});
}

void StoreResult(const std::string& name, const Json& json, const std::vector<SideFile>& side) {
  const std::string path = WriteTarget(name);  // side files lie beside the file, not beside a link
  const std::string folder = FolderOf(path);
  const std::set<std::string> replaced = SideFilesOf(TryReadJson(path));
  std::vector<std::string> created, folders;
  try {
    for (const SideFile& file : side) {
      const std::string target = JoinPath(folder, file.file);
      const bool fresh = !FileExists(target);
      if (!fresh && ReadFile(target) == file.text) continue;
      if (fresh) created.push_back(target);
      if (!FolderExists(FolderOf(target))) folders.push_back(FolderOf(target));
      WriteFileAtomic(target, std::string_view(file.text));
    }
    WriteJsonAtomic(path, json);
  } catch (...) {
    for (const std::string& target : created) std::remove(target.c_str());
    for (const std::string& made : folders) std::remove(made.c_str());
    throw;
  }
  RemoveUnnamed(folder, replaced);
}

void CopyResult(const Result& result, const std::string& to) {
  std::vector<SideFile> side;
  Json json = ReadJsonFile(result.path);
  for (size_t i = 0; i < result.cells.size(); ++i) {
    const auto rows = ReadQueries(result, result.cells[i]);
    if (!rows) continue;
    FileRef ref;
    side.push_back(MakeSideFile(*rows, ref));
    json["cells"][i]["per_query"] = {{"file", ref.file}, {"hash", ref.hash}};
  }
  StoreResult(to, json, side);
}

}  // namespace bcr
