#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <set>
#include <system_error>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/files_internal.h"

namespace bcr {
namespace {

constexpr std::string_view kTemporaryPrefix = ".tmp-";

// Unique among threads (counter), processes (pid) and machines on a network file system (random
// bits). Keeps the extension: image writers choose the format by it.
std::string TemporaryPathFor(const std::filesystem::path& path) {
  static std::atomic<uint32_t> counter{0};
  uint32_t noise = 0;
  if (::getrandom(&noise, sizeof(noise), GRND_NONBLOCK) < 0) noise = 0;
  std::string extension = path.extension().string();
  if (extension.size() > 16) extension.clear();
  const std::string name = fmt::format("{}{:x}-{:x}-{:08x}{}", kTemporaryPrefix, ::getpid(),
                                       counter.fetch_add(1), noise, extension);
  return (path.parent_path() / name).string();
}

// Removes the temporary unless the rename took it away.
class TemporaryGuard {
 public:
  explicit TemporaryGuard(std::string path) : path_(std::move(path)) {}
  ~TemporaryGuard() {
    if (!kept_) ::unlink(path_.c_str());
  }
  TemporaryGuard(const TemporaryGuard&) = delete;
  TemporaryGuard& operator=(const TemporaryGuard&) = delete;
  const std::string& path() const { return path_; }
  void Keep() { kept_ = true; }

 private:
  std::string path_;
  bool kept_ = false;
};

void FlushFile(int descriptor, const std::string& path) {
  while (::fsync(descriptor) != 0) {
    if (errno == EINTR) continue;
    internal::ThrowErrno(errno, path, "to flush the file to disk");
  }
}

void FlushFolderOf(const std::string& path) {
  FlushFolder(std::filesystem::path(path).parent_path().string());
}

#ifdef __linux__
void FlushFileSystem(const std::string& folder) {
  const internal::Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0) internal::ThrowErrno(errno, folder, "to open the folder");
  if (::syncfs(opened.get()) != 0) {
    internal::ThrowErrno(errno, folder, "to flush the file system to disk");
  }
}
#endif

void FlushFileNamed(const std::string& path) {
  const internal::Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.get() < 0) internal::ThrowErrno(errno, path, "to open the file");
  FlushFile(opened.get(), path);
}

void Publish(TemporaryGuard& temporary, const std::string& path) {
  if (::rename(temporary.path().c_str(), path.c_str()) != 0) {
    internal::ThrowErrno(errno, path, "to put the finished file in place");
  }
  temporary.Keep();
  FlushFolderOf(path);
}

void MakeParent(const std::string& path) {
  if (std::filesystem::path(path).filename().empty()) {
    throw Error(ErrorCode::kIo, {path, "a path without a file name", "a file to write", ""});
  }
  // The names of new folders survive a power cut as well.
  std::vector<std::filesystem::path> made;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  for (std::filesystem::path at = folder; !at.empty() && !FolderExists(at.string());
       at = at.parent_path())
    made.push_back(at);
  MakeFolders(folder.string());
  for (const std::filesystem::path& each : made) FlushFolderOf(each.string());
}

}  // namespace

std::string WriteTarget(const std::string& path) {
  namespace fs = std::filesystem;
  constexpr int kMostLinks = 40;  // as the system follows
  fs::path target(path);
  std::error_code error;
  for (int i = 0; fs::is_symlink(target, error); ++i) {
    if (i == kMostLinks) {
      throw Error(ErrorCode::kIo, {path, "links that lead in a circle", "a file to write", ""});
    }
    const fs::path link = fs::read_symlink(target, error);
    if (error) internal::ThrowErrno(error.value(), target.string(), "to read the link");
    target = link.is_absolute() ? link : target.parent_path() / link;
  }
  const fs::file_status status = fs::status(target, error);
  if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status)) {
    throw Error(ErrorCode::kIo,
                {path, "a device, pipe or socket", "a regular file or a new name",
                 "It is left as it is; what is printed can be piped, files need a name."});
  }
  return target.string();
}

void FlushFolder(const std::string& name) {
  const std::string folder = name.empty() ? "." : name;
  const internal::Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Without the right to list it there is no way to flush it, though files may be made in it.
  if (opened.get() < 0 && errno == EACCES) return;
  if (opened.get() < 0) internal::ThrowErrno(errno, folder, "to open the folder");
  // Some network file systems cannot flush a folder; the rename is then as durable as they make it.
  if (::fsync(opened.get()) != 0 && errno != EINVAL && errno != ENOTSUP && errno != EINTR) {
    internal::ThrowErrno(errno, folder, "to flush the folder to disk");
  }
}

void FlushFiles(const std::string& folder, const std::vector<std::string>& names) {
#ifdef __linux__
  constexpr size_t kMany = 64;
  if (names.size() > kMany) return FlushFileSystem(folder);
#endif
  std::set<std::string> folders = {folder};
  for (const std::string& name : names) {
    const std::string path = JoinPath(folder, name);
    FlushFileNamed(path);
    folders.insert(std::filesystem::path(path).parent_path().string());
  }
  for (const std::string& each : folders) FlushFolder(each);
}

bool IsTemporaryName(std::string_view name) { return name.starts_with(kTemporaryPrefix); }

void WriteFileAtomic(const std::string& name, std::string_view bytes) {
  const std::string path = WriteTarget(name);
  MakeParent(path);
  TemporaryGuard temporary(TemporaryPathFor(path));
  {
    const internal::Descriptor file(
        ::open(temporary.path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (file.get() < 0) internal::ThrowErrno(errno, path, "to create the file");
    internal::WriteAll(file.get(), bytes, path);
    FlushFile(file.get(), path);
  }
  Publish(temporary, path);
}

void WriteFileAtomic(const std::string& name,
                     const std::function<void(const std::string& temporary)>& produce) {
  const std::string path = WriteTarget(name);
  MakeParent(path);
  TemporaryGuard temporary(TemporaryPathFor(path));
  produce(temporary.path());
  {
    const internal::Descriptor file(::open(temporary.path().c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) {
      throw Error(ErrorCode::kIo, {path, "no content", "the writer to leave a finished file", ""});
    }
    FlushFile(file.get(), path);
  }
  Publish(temporary, path);
}

}  // namespace bcr
