#include "datasets/pedsynth/writer.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <system_error>

#include "datasets/pedsynth/jpeg.h"
#include "datasets/pedsynth/options.h"
#include "datasets/pedsynth/plan.h"
#include "datasets/pedsynth/render.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/core/interrupt.h"
#include "harness/core/parallel.h"
#include "harness/core/progress.h"

namespace bcr::pedsynth {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOptionsFile = "pedsynth.txt";  // marks a folder as ours, whole or not
constexpr const char* kDoneFile = "DONE";

// Both files hold one line: the options.
std::string Line(const Options& options) { return options.Text() + "\n"; }

std::string ContentOf(const std::string& folder, const char* name) {
  const std::string path = JoinPath(folder, name);
  return FileExists(path) ? ReadFile(path) : "";
}

bool IsWhole(const Options& options, const std::string& folder) {
  return ContentOf(folder, kDoneFile) == Line(options);
}

[[noreturn]] void FailOn(const std::string& path, const std::error_code& error) {
  throw Error(ErrorCode::kIo,
              {path, error.message(), "a writable folder", "Check permissions and free space."});
}

// Removes an unfinished folder of ours; refuses to touch anything else.
void ClearTheWay(const Options& options, const std::string& folder) {
  std::error_code error;
  const fs::file_status status = fs::status(folder, error);
  if (status.type() == fs::file_type::not_found) return;
  if (error) FailOn(folder, error);
  if (status.type() != fs::file_type::directory) {
    throw Error(ErrorCode::kData,
                {folder, "a file", "a folder, or nothing", "Name another path for the pictures."});
  }
  const std::string marker = ContentOf(folder, kOptionsFile);
  const bool ours = marker == Line(options) || fs::is_empty(folder, error);
  if (error) FailOn(folder, error);
  if (!ours) {
    throw Error(ErrorCode::kData,
                {folder,
                 marker.empty() ? "files of another kind"
                                : fmt::format("`{}`", marker.substr(0, marker.size() - 1)),
                 fmt::format("`{}`", options.Text()), "Name another path, or remove this folder."});
  }
  fs::remove_all(folder, error);
  if (error) FailOn(folder, error);
}

// No flush a picture: one for the whole file system follows before DONE is written.
void WritePlain(const std::string& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) FailOn(path, std::error_code(errno, std::generic_category()));
}

void FlushFileSystem(const std::string& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) FailOn(folder, std::error_code(errno, std::generic_category()));
#ifdef __linux__
  const int status = syncfs(descriptor);
#else
  const int status = fsync(descriptor);
#endif
  const int reason = errno;
  close(descriptor);
  if (status != 0) FailOn(folder, std::error_code(reason, std::generic_category()));
}

void WritePictures(const Options& options, const std::string& folder, const WriteContext& context) {
  for (const char* name : {"bounding_box_train", "query", "bounding_box_test"}) {
    MakeFolders(JoinPath(folder, name));
  }
  const City city = BuildCity(options);
  const size_t groups = GroupCount(options);
  Progress progress(fmt::format("drawing pedsynth-{}", options.domain),
                    static_cast<int64_t>(groups), "identities", context.quiet);
  std::mutex mutex;
  int64_t done = 0;
  ParallelFor(groups, context.threads, [&](size_t group) {
    ThrowIfInterrupted();
    for (const Shot& shot : PlanGroup(options, group)) {
      WritePlain(JoinPath(folder, shot.path), EncodeJpeg(Render(city, shot)));
    }
    const std::lock_guard<std::mutex> lock(mutex);
    progress.Update(++done);
  });
}

// Removes what it was given unless released: a failed or interrupted run leaves nothing behind.
class Scaffold {
 public:
  explicit Scaffold(std::string path) : path_(std::move(path)) {}
  ~Scaffold() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Scaffold(const Scaffold&) = delete;
  Scaffold& operator=(const Scaffold&) = delete;
  void Release() { path_.clear(); }

 private:
  std::string path_;
};

// Two runs of one process get two names, too.
std::string TemporaryName(const std::string& folder) {
  static std::atomic<int> counter{0};
  return fmt::format("{}.tmp-{}-{}", folder, getpid(), counter++);
}

}  // namespace

std::string FolderName(const Options& options) {
  return fmt::format("pedsynth-{}-r{}-{}", options.domain, kRevision,
                     HashOf(options.Text()).substr(0, 12));
}

void EnsureWritten(const Options& options, const std::string& path, const WriteContext& context) {
  std::string folder = path;
  while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  if (IsWhole(options, folder)) return;
  ClearTheWay(options, folder);
  const std::string temporary = TemporaryName(folder);
  Scaffold scaffold(temporary);
  MakeFolders(temporary);
  WriteFileAtomic(JoinPath(temporary, kOptionsFile), Line(options));
  WritePictures(options, temporary, context);
  FlushFileSystem(temporary);
  WriteFileAtomic(JoinPath(temporary, kDoneFile), Line(options));
  std::error_code error;
  fs::rename(temporary, folder, error);
  if (!error) {
    scaffold.Release();
  } else if (!IsWhole(options, folder)) {  // whole: another process was quicker, with equal bytes
    FailOn(folder, error);
  }
}

}  // namespace bcr::pedsynth
