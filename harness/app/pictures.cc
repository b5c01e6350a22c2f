#include "harness/app/pictures.h"

#include <array>
#include <filesystem>
#include <functional>
#include <string_view>

#include "harness/core/base64.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#ifdef BCR_WITH_TORCH
#include "harness/app/train_library.h"
#endif

namespace bcr {
namespace {

using Reader = std::function<std::string(const std::string& image)>;

std::string Address(std::string_view bytes, const std::string& kind) {
  return "data:" + kind + ";base64," + Base64(bytes);
}

Reader FolderReader(const std::string& folder) {
  return [folder](const std::string& image) -> std::string {
    const std::filesystem::path name = std::filesystem::path(image).lexically_normal();
    // A page goes to others: a name must not fetch what lies outside the folder.
    const bool outside = name.is_absolute() || (!name.empty() && *name.begin() == "..");
    for (const std::filesystem::path& part : {name, name.filename()}) {
      if (outside && part == name) continue;
      const std::string file = (std::filesystem::path(folder) / part).string();
      if (FileExists(file)) return ReadFile(file);
    }
    return "";
  };
}

#ifdef BCR_WITH_TORCH

constexpr int kHeight = 96;  // pixels: twice the height at which pages show them

Reader ReaderOf(const std::string& from, const std::string& store) {
  if (std::filesystem::is_directory(from)) return FolderReader(from);
  return Training().images(from, store);
}

std::string AddressOf(const std::string& bytes, const std::string& image) {
  try {
    return Address(Training().thumbnail(bytes, image, kHeight), "image/jpeg");
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kData) return "";  // no picture: its place shows the name
    throw;
  }
}

#else

constexpr size_t kLargest = 24 << 10;  // bytes: a page of hundreds stays below 5 MB

// The kind of a file that browsers show, by its first bytes; "" for others.
std::string KindOf(std::string_view bytes) {
  static constexpr std::array<std::pair<std::string_view, const char*>, 3> kKinds = {
      {{"\xff\xd8\xff", "image/jpeg"}, {"\x89PNG", "image/png"}, {"GIF8", "image/gif"}}};
  for (const auto& [start, kind] : kKinds) {
    if (bytes.starts_with(start)) return kind;
  }
  const bool webp = bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP");
  return webp ? "image/webp" : "";
}

Reader ReaderOf(const std::string& from, const std::string&) {
  if (std::filesystem::is_directory(from)) return FolderReader(from);
  throw Error(ErrorCode::kUsage, {"--images " + from, "no folder", "a folder of images",
                                  "Data references need a build with BCR_WITH_TORCH=ON."});
}

std::string AddressOf(const std::string& bytes, const std::string&) {
  const std::string kind = KindOf(bytes);
  return kind.empty() || bytes.size() > kLargest ? "" : Address(bytes, kind);
}

#endif

}  // namespace

PictureOf OpenPictures(const std::string& from, const std::string& store) {
  return [reader = ReaderOf(from, store)](const std::string& image) -> std::string {
    const std::string bytes = reader(image);
    return bytes.empty() ? "" : AddressOf(bytes, image);
  };
}

}  // namespace bcr
