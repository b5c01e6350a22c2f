#include "datasets/base_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

bool Has(const std::string& base, const std::string& part) {
  const std::string path = JoinPath(base, part);
  return part.ends_with('/') ? FolderExists(path) : FileExists(path);
}

size_t PartsPresent(const std::string& base, const FolderParts& parts) {
  return static_cast<size_t>(
      std::count_if(parts.names.begin(), parts.names.end(),
                    [&base](const std::string& part) { return Has(base, part); }));
}

// "no folder a/query, a/gallery", or of files where only these are missing.
std::string MissingParts(const std::string& base, const FolderParts& parts) {
  std::string folders, files;
  for (const std::string& part : parts.names) {
    if (Has(base, part)) continue;
    const bool folder = part.ends_with('/');
    std::string& list = folder ? folders : files;
    list += (list.empty() ? "" : ", ") +
            JoinPath(base, folder ? part.substr(0, part.size() - 1) : part);
  }
  if (folders.empty()) return "no file " + files;
  return "no folder " + folders + (files.empty() ? "" : " and no file " + files);
}

struct Search {
  std::vector<std::string> complete;
  std::string nearest;
  size_t most = 0;
};

// Does not go below a complete folder: what lies in it is its own affair.
void Look(const std::string& folder, const FolderParts& parts, int depth, Search& search) {
  const size_t present = PartsPresent(folder, parts);
  if (present == parts.names.size()) {
    search.complete.push_back(folder);
    return;
  }
  if (search.nearest.empty() || present > search.most) {
    search.most = present;
    search.nearest = folder;
  }
  if (depth == 0) return;
  for (const std::string& name : SubFolders(folder))
    Look(JoinPath(folder, name), parts, depth - 1, search);
}

}  // namespace

std::vector<std::string> SubFolders(const std::string& root) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entries(root, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    std::error_code ignored;
    if (entries->is_directory(ignored)) names.push_back(entries->path().filename().string());
  }
  if (error) {
    throw Error(ErrorCode::kIo,
                {root, error.message(), "a readable folder", "Check the folder's permissions"});
  }
  std::sort(names.begin(), names.end());
  return names;
}

void RequireFolder(const std::string& root, const std::string& parts) {
  if (FolderExists(root)) return;
  throw Error(ErrorCode::kMissing,
              {root, FileExists(root) ? "a file" : "no such folder", "a folder with " + parts,
               "Give the folder into which the archive was unpacked"});
}

std::string FindBase(const std::string& root, const FolderParts& parts, int depth) {
  RequireFolder(root, parts.text);
  Search search;
  Look(root, parts, depth, search);
  if (search.complete.size() == 1) return search.complete[0];
  if (search.complete.size() > 1) {
    throw Error(
        ErrorCode::kUsage,
        {root,
         fmt::format("{} {}s ({}, ...)", search.complete.size(), parts.one, search.complete[0]),
         "one " + parts.one, fmt::format("Name one of them, e.g. {}", search.complete[0])});
  }
  throw Error(ErrorCode::kMissing,
              {root, MissingParts(search.nearest, parts), parts.text,
               "Unpack the archive again, or give the folder that holds all of these"});
}

}  // namespace bcr
