#include "harness/core/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "harness/core/error.h"
#include "harness/core/files_internal.h"

namespace bcr {
namespace fs = std::filesystem;
namespace internal {

void ThrowErrno(int error, const std::string& path, const std::string& action) {
  if (error == ENOENT || error == ENOTDIR) {
    throw Error(ErrorCode::kMissing,
                {path, "nothing at this path", "a file or folder", "Check the path."});
  }
  std::string hint;
  if (error == ENOSPC || error == EDQUOT) {
    hint = "The disk or quota is full: free some space and run the same command again.";
  } else if (error == EACCES || error == EPERM) {
    hint = "Check the permissions, or choose another folder.";
  } else if (error == EROFS) {
    hint = "This disk can only be read: make it writable, or choose another folder.";
  } else if (error == EFBIG) {
    hint =
        "A limit on the size of files is too low: raise it (ulimit -f) and run the same command "
        "again.";
  } else if (error == EIO) {
    hint = "The disk may be failing: check it and run the same command again.";
  } else if (error == EISDIR) {
    hint = "This is a folder; name a file.";
  }
  throw Error(ErrorCode::kIo, {path, std::generic_category().message(error), action, hint});
}

void WriteAll(int descriptor, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      ThrowErrno(errno, path, "to write the file");
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

Descriptor::~Descriptor() {
  if (value_ >= 0) ::close(value_);
}

}  // namespace internal

std::string ReadFile(const std::string& path) {
  const internal::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) internal::ThrowErrno(errno, path, "to open the file");
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) {
    internal::ThrowErrno(errno, path, "to read the file's size");
  }
  std::string bytes;
  if (S_ISREG(status.st_mode)) bytes.reserve(static_cast<size_t>(status.st_size));
  char buffer[1 << 16];
  while (true) {
    const ssize_t got = ::read(file.get(), buffer, sizeof(buffer));
    if (got < 0) {
      if (errno == EINTR) continue;
      internal::ThrowErrno(errno, path, "to read the file");
    }
    if (got == 0) return bytes;
    bytes.append(buffer, static_cast<size_t>(got));
  }
}

std::vector<std::string> ListFiles(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code status_error;  // a dangling link is no regular file, and no failure either
    if (entry->is_regular_file(status_error) && !IsTemporaryName(name)) names.push_back(name);
  }
  if (error) internal::ThrowErrno(error.value(), folder, "to list the folder");
  std::sort(names.begin(), names.end());
  return names;
}

bool FileExists(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

bool FolderExists(const std::string& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

namespace {

// Throws where a part of the path is there and no folder.
void RefuseObstacle(const std::string& path) {
  fs::path part;
  for (const fs::path& name : fs::path(path)) {
    part /= name;
    std::error_code error, ignored;
    const fs::file_status status = fs::status(part, error);
    if (fs::is_directory(status)) continue;
    if (fs::is_symlink(part, ignored) && !fs::exists(status)) {
      const bool circle = error == std::errc::too_many_symbolic_link_levels;
      const std::string target = fs::read_symlink(part, ignored).string();
      throw Error(
          ErrorCode::kIo,
          {part.string(), circle ? "links that lead in a circle" : "a link to nothing", "a folder",
           circle ? "Remove them or choose another folder."
                  : "Make " + target + " or choose another folder."});
    }
    if (!fs::exists(status)) return;
    throw Error(ErrorCode::kIo, {part.string(), "a file in the way", "a folder",
                                 "Remove the file or choose another folder."});
  }
}

}  // namespace

void MakeFolders(const std::string& path) {
  if (path.empty()) return;
  std::error_code error;
  fs::create_directories(path, error);
  if (!error && FolderExists(path)) return;
  RefuseObstacle(path);
  if (error == std::errc::no_such_file_or_directory) {  // as in /proc: nobody can create there
    throw Error(ErrorCode::kIo, {path, "no way to create a folder here", "to create the folder",
                                 "Choose another folder."});
  }
  if (error) internal::ThrowErrno(error.value(), path, "to create the folder");
}

std::string JoinPath(std::string_view folder, std::string_view name) {
  if (folder.empty() || name.starts_with('/')) return std::string(name);
  std::string path(folder);
  if (!name.empty() && path.back() != '/') path += '/';
  return path.append(name);
}

TemporaryFolder::TemporaryFolder() {
  std::error_code error;
  const fs::path base = fs::temp_directory_path(error);
  path_ = ((error ? fs::path("/tmp") : base) / "bcreid-XXXXXX").string();
  if (::mkdtemp(path_.data()) == nullptr) {
    internal::ThrowErrno(errno, path_, "to create a temporary folder (see TMPDIR)");
  }
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace bcr
