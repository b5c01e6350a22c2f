#include "harness/core/manifest.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/files_internal.h"
#include "harness/core/hash.h"
#include "harness/core/manifest_text.h"

namespace bcr {
namespace {

namespace fs = std::filesystem;

// Every regular file below a folder, by its name in the manifest, sorted. DONE is left out.
std::vector<std::string> NamesIn(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error), end;
  for (; !error && at != end; at.increment(error)) {
    if (!at->is_regular_file() || IsTemporaryName(at->path().filename().string())) continue;
    std::string name = at->path().lexically_relative(folder).generic_string();
    if (name != kDoneFile) names.push_back(std::move(name));
  }
  if (error) internal::ThrowErrno(error.value(), folder, "to list the folder");
  std::sort(names.begin(), names.end());
  return names;
}

// Up to a block of bytes into `block`; less at the end of the file. Read, not mapped: a disk that
// fails is then an error with a name instead of a signal.
size_t ReadBlock(int file, char* block, const std::string& path) {
  size_t size = 0;
  while (size < kManifestBlock) {
    const ssize_t got = ::read(file, block + size, kManifestBlock - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) internal::ThrowErrno(errno, path, "to read the file");
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  return size;
}

Manifest::File HashFile(const std::string& folder, const std::string& name) {
  thread_local const auto block = std::make_unique_for_overwrite<char[]>(kManifestBlock);
  const std::string path = JoinPath(folder, name);
  const internal::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) internal::ThrowErrno(errno, path, "to open the file");
  Manifest::File hashed{name, 0, {}};
  size_t size = kManifestBlock;
  while (size == kManifestBlock) {
    size = ReadBlock(file.get(), block.get(), path);
    if (size == 0 && !hashed.blocks.empty()) break;
    hashed.blocks.push_back(HashOfBlock(block.get(), size));
    hashed.bytes += size;
  }
  return hashed;
}

// DONE once held the artefact's key, that of a drawn data set its options.
bool IsOld(const std::string& text) {
  const bool key =
      text.size() == 33 && text.back() == '\n' && text.find_first_not_of("0123456789abcdef") == 32;
  return key || text.starts_with("pedsynth-");
}

std::optional<std::string> WhatIsWrong(const std::string& folder, const Manifest::File& file) {
  const std::string path = JoinPath(folder, file.name);
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return "is missing";
  const auto bytes = static_cast<uint64_t>(status.st_size);
  if (bytes != file.bytes) return fmt::format("has {} bytes instead of {}", bytes, file.bytes);
  try {
    if (HashFile(folder, file.name).blocks != file.blocks) return "has changed since it was made";
  } catch (const Error& error) {
    return "cannot be read: " + error.text().found;
  }
  return std::nullopt;
}

}  // namespace

const Manifest::File* Manifest::Find(std::string_view name) const {
  const auto at = std::lower_bound(
      files.begin(), files.end(), name,
      [](const File& file, std::string_view wanted) { return file.name < wanted; });
  return at != files.end() && at->name == name ? &*at : nullptr;
}

std::string Manifest::Content() const {
  Hasher hasher;
  for (const File& file : files) {
    if (file.name.ends_with(".json")) continue;
    hasher.AddText(file.name);
    for (const std::string& block : file.blocks) hasher.AddText(block);
  }
  return hasher.Hex();
}

std::string ManifestPath(const std::string& folder) { return JoinPath(folder, kDoneFile); }

std::string HashOfBlock(const void* data, size_t size) { return Hasher().Add(data, size).Hex(); }

Manifest WriteManifest(const std::string& folder, const std::string& of,
                       const std::map<std::string, std::string>& made_of) {
  Manifest manifest;
  manifest.of = of;
  manifest.made_of = made_of;
  const std::vector<std::string> names = NamesIn(folder);
  for (const std::string& name : names) manifest.files.push_back(HashFile(folder, name));
  FlushFiles(folder, names);
  WriteFileAtomic(ManifestPath(folder), ManifestText(manifest));
  return manifest;
}

std::optional<Manifest> ReadManifest(const std::string& folder, const std::string& of,
                                     Damage& damage) {
  damage = {ManifestPath(folder), "is missing"};
  if (!FileExists(damage.file)) return std::nullopt;
  std::optional<Manifest> manifest;
  try {
    const std::string text = ReadFile(damage.file);
    manifest = ParseManifest(text);
    const bool old = IsOld(text);
    damage.kind = old ? Damage::Kind::kOld : Damage::Kind::kChanged;
    damage.what = old ? "is of a version that kept no hashes" : "has changed since it was written";
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kInterrupted) throw;  // no damage: nothing may be removed for it
    damage.what = "cannot be read: " + error.text().found;
  }
  if (manifest && manifest->of != of) {
    damage.what = "is that of `" + manifest->of + "`";
    manifest.reset();
  }
  return manifest;
}

std::optional<Damage> FindDamage(const std::string& folder, const Manifest& manifest,
                                 const std::function<bool(const Manifest::File&)>& choose) {
  for (const Manifest::File& file : manifest.files) {
    if (choose && !choose(file)) continue;
    if (auto what = WhatIsWrong(folder, file)) return Damage{JoinPath(folder, file.name), *what};
  }
  return std::nullopt;
}

}  // namespace bcr
