#include "datasets/identity_folders.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "datasets/audit.h"
#include "datasets/base_folder.h"
#include "datasets/name_cursor.h"
#include "datasets/problems.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/utf8.h"

namespace bcr {
namespace {

constexpr int kDeepestFolder = 2;  // below the identity folder, which makes three

bool IsPicture(const std::string& file) {
  const std::string extension = file.substr(std::min(file.rfind('.'), file.size()));
  return IsImageExtension(extension) || extension == ".bmp" || extension == ".BMP";
}

// Paths of the files below `folder`, relative to it, '/'-separated, sorted bytewise.
std::vector<std::string> FilesBelow(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator entries(folder, fs::directory_options::follow_directory_symlink,
                                           error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    std::error_code ignored;
    if (entries->is_directory(ignored)) {
      const bool hidden = IsClutter(entries->path().filename().string());
      if (hidden || entries.depth() >= kDeepestFolder) entries.disable_recursion_pending();
      continue;
    }
    if (!entries->is_regular_file(ignored)) continue;
    files.push_back(entries->path().lexically_relative(folder).generic_string());
  }
  if (error) {
    throw Error(ErrorCode::kIo,
                {folder, error.message(), "a readable folder", "Check the folder's permissions"});
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::vector<ListedImage> ListIdentityFolders(const std::string& folder, const std::string& prefix,
                                             const CameraPattern* pattern, DatasetReport& report) {
  std::vector<ListedImage> images;
  Problems strange;
  for (const std::string& identity : SubFolders(folder)) {
    if (IsClutter(identity)) continue;
    const std::string own = JoinPath(folder, identity);
    for (const std::string& file : FilesBelow(own)) {
      if (IsClutter(file.substr(file.rfind('/') + 1))) continue;
      const std::string name = prefix + identity + "/" + file;
      if (!IsPicture(file)) {
        AddUnparsed(name, report);
        continue;
      }
      if (InvalidUtf8At(name) != std::string_view::npos) {
        strange.Add(fmt::format("`{}` (no UTF-8)", name));
        continue;
      }
      std::optional<std::string> camera = pattern == nullptr ? name : pattern->Find(file);
      if (!camera) {
        strange.Add(fmt::format("`{}`", name));
        continue;
      }
      std::string source = JoinPath(own, file);
      const uint64_t bytes = FileBytes(source);
      images.push_back({{name, identity, std::move(*camera)}, std::move(source), bytes});
    }
  }
  strange.ThrowIfAny(ErrorCode::kData, folder,
                     "names of images that the pattern of the option camera matches",
                     "The pattern is held against the path below the identity's folder, from its "
                     "first to its last character: end it in * where more may follow");
  for (const std::string& file : ListFiles(folder)) {
    if (IsPicture(file) && !IsClutter(file)) {
      throw Error(ErrorCode::kData,
                  {JoinPath(folder, file), "an image outside the identity folders",
                   "a folder for each identity, with its images in it",
                   "Move it into the folder of who is on it"});
    }
  }
  return images;
}

}  // namespace bcr
