#include "datasets/pedsynth/writer.h"

#include <fmt/core.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <system_error>

#include "datasets/pedsynth/jpeg.h"
#include "datasets/pedsynth/options.h"
#include "datasets/pedsynth/plan.h"
#include "datasets/pedsynth/render.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/files_internal.h"
#include "harness/core/hash.h"
#include "harness/core/interrupt.h"
#include "harness/core/new_file.h"
#include "harness/core/parallel.h"
#include "harness/core/progress.h"

namespace bcr::pedsynth {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOptionsFile = "pedsynth.txt";  // marks a folder as ours, whole or not

// The options in one line, as the marker holds them; so did DONE before it held hashes.
std::string Line(const Options& options) { return options.Text() + "\n"; }

std::string ContentOf(const std::string& folder, const char* name) {
  const std::string path = JoinPath(folder, name);
  return FileExists(path) ? ReadFile(path) : "";
}

// Drawn to the end under these options; pictures may have changed since.
bool IsWhole(const Options& options, const std::string& folder) {
  Damage ignored;
  return ReadManifest(folder, options.Text(), ignored) ||
         ContentOf(folder, kDoneFile) == Line(options);
}

[[noreturn]] void FailOn(const std::string& path, const std::error_code& error) {
  internal::ThrowErrno(error.value(), path, "to draw pictures here");
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

// No flush a picture: one for all follows before DONE is written.
void WritePlain(const std::string& path, const std::string& bytes) {
  NewFile(path, path).Append(bytes.data(), bytes.size());
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

// Removes the folder it owns unless released: a failed or interrupted run leaves nothing behind.
class Scaffold {
 public:
  Scaffold() = default;
  ~Scaffold() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Scaffold(const Scaffold&) = delete;
  Scaffold& operator=(const Scaffold&) = delete;
  void Own(const std::string& path) { path_ = path; }
  void Release() { path_.clear(); }

 private:
  std::string path_;
};

// Two runs of one process get two names, too. Whoever sweeps reads the process in it.
std::string TemporaryName(const std::string& folder) {
  static std::atomic<int> counter{0};
  return fmt::format("{}.tmp-{:x}-{}", folder, getpid(), counter++);
}

}  // namespace

std::string FolderName(const Options& options) {
  return fmt::format("pedsynth-{}-r{}-{}", options.domain, kRevision,
                     HashOf(options.Text()).substr(0, 12));
}

namespace {

// Draws into a folder beside `folder`, under a temporary name, and gives that name.
std::string DrawBeside(const Options& options, const std::string& folder, Scaffold& scaffold,
                       const WriteContext& context) {
  const std::string temporary = TemporaryName(folder);
  scaffold.Own(temporary);
  MakeFolders(temporary);
  WriteFileAtomic(JoinPath(temporary, kOptionsFile), Line(options));
  WritePictures(options, temporary, context);
  WriteManifest(temporary, options.Text());
  return temporary;
}

std::string WithoutSlash(std::string folder) {
  while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  return folder;
}

std::shared_ptr<void> Take(const std::string& folder, const WriteContext& context) {
  return context.take ? context.take(fs::path(folder).filename().string()) : nullptr;
}

}  // namespace

void EnsureWritten(const Options& options, const std::string& path, const WriteContext& context) {
  const std::string folder = WithoutSlash(path);
  if (IsWhole(options, folder)) return;
  ClearTheWay(options, folder);
  Scaffold scaffold;
  const std::string temporary = DrawBeside(options, folder, scaffold, context);
  std::error_code error;
  fs::rename(temporary, folder, error);
  if (!error) {
    scaffold.Release();
    FlushFolder(fs::path(folder).parent_path().string());
  } else if (!IsWhole(options, folder)) {  // whole: another process was quicker, with equal bytes
    FailOn(folder, error);
  }
}

void EnsureSound(const Options& options, const std::string& folder, const WriteContext& context) {
  const auto change = [&]() -> std::optional<Damage> {
    Damage damage;
    const auto manifest = ReadManifest(folder, options.Text(), damage);
    return manifest ? FindDamage(folder, *manifest) : damage;
  };
  if (!change()) return;
  const std::shared_ptr<void> right = Take(folder, context);
  const std::optional<Damage> found = change();
  if (!found) return;  // drawn while this process waited
  if (!FolderExists(folder)) return EnsureWritten(options, folder, context);
  DrawAnew(options, folder, found->Text(), {context.threads, context.quiet, {}});
}

// The old pictures make way when the new ones are there: a process that is reading them finds equal
// ones under their names.
void DrawAnew(const Options& options, const std::string& folder, const std::string& why,
              const WriteContext& context) {
  const std::shared_ptr<void> right = Take(folder, context);
  Say("damaged: " + why + "; the pictures are drawn anew");
  Scaffold fresh, old;
  const std::string temporary = DrawBeside(options, folder, fresh, context);
  const std::string away = TemporaryName(folder);
  std::error_code error;
  fs::rename(folder, away, error);
  if (error) FailOn(folder, error);
  old.Own(away);
  fs::rename(temporary, folder, error);
  if (error) FailOn(folder, error);
  fresh.Release();
  FlushFolder(fs::path(folder).parent_path().string());
}

std::optional<Damage> FindChange(const Options& options, const std::string& folder) {
  Damage ignored;
  const auto manifest = ReadManifest(folder, options.Text(), ignored);
  return manifest ? FindDamage(folder, *manifest) : std::nullopt;
}

}  // namespace bcr::pedsynth
