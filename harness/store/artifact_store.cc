#include "harness/store/artifact_store.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <system_error>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/files_internal.h"
#include "harness/core/hash.h"
#include "harness/core/progress.h"
#include "harness/store/key_lock.h"
#include "harness/store/store_file.h"
#include "harness/store/store_sweep.h"

namespace bcr {

namespace fs = std::filesystem;

namespace {

std::string StoreFile(const std::string& root) { return JoinPath(root, kStoreFile); }

// A root that cannot be looked into must not pass for one that holds nothing.
void CheckRoot(const std::string& root) {
  std::error_code error;
  if (fs::symlink_status(root, error).type() == fs::file_type::not_found) return;
  if (!FolderExists(root)) MakeFolders(root);  // throws, and says what lies there
  if (::access(root.c_str(), R_OK | X_OK) != 0)
    internal::ThrowErrno(errno, root, "to look into the store");
}

// Somebody else's folder must not become a store by a slip of the hand. Drawn images alone are
// ours: they may stand there before anything is stored; so is the store file of another process,
// half written.
// Returns a name of what is not ours; "" where there is none.
std::string ForeignIn(const std::string& root) {
  std::error_code failure;
  for (fs::directory_iterator at(root, failure), end; !failure && at != end;
       at.increment(failure)) {
    const std::string name = at->path().filename().string();
    if (name != "generated" && !IsTemporaryName(name)) return name;
  }
  return "";
}

[[noreturn]] void RefuseForeign(const std::string& root, const std::string& name) {
  throw Error(ErrorCode::kConfig,
              {root, "a folder with other content, e.g. `" + name + "`",
               "a store of bcreid (it has a STORE.json), an empty folder or a new name",
               "Name another folder with --store."});
}

// Whether a finished artefact lies in the folder: then it is a store that lost its store file.
bool HoldsArtefact(const std::string& root) {
  for (const char* kind : {"models", "features", "train-features", "adapters", "cells"}) {
    std::error_code failure;
    for (fs::directory_iterator at(JoinPath(root, kind), failure), end; !failure && at != end;
         at.increment(failure)) {
      Damage damage;
      if (ReadManifest(at->path().string(), at->path().filename().string(), damage)) return true;
    }
  }
  return false;
}

enum class StoreState { kNone, kOurs, kDamaged, kLost };

// Throws for a store of another version.
StoreState StateOf(const std::string& root) {
  const std::string file = StoreFile(root);
  if (!FileExists(file)) return HoldsArtefact(root) ? StoreState::kLost : StoreState::kNone;
  std::string text;
  try {
    text = ReadFile(file);
  } catch (const Error&) {
    return StoreState::kDamaged;
  }
  return IsStoreText(text, file) ? StoreState::kOurs : StoreState::kDamaged;
}

// Another process, on a file system without locks, may have finished the same artefact first: equal
// keys mean equal content, so theirs serves.
void Publish(const std::string& from, const std::string& to) {
  std::error_code failure;
  fs::rename(from, to, failure);
  const auto whole = [&] { return FileExists(ManifestPath(to)); };
  if (failure && !whole()) {
    std::error_code ignored;
    fs::remove_all(to, ignored);  // a leftover without DONE is in the way
    fs::rename(from, to, failure);
  }
  if (failure && !whole())
    internal::ThrowErrno(failure.value(), to, "to put the finished folder in place");
  FlushFolder(fs::path(to).parent_path().string());
}

// A half-made artefact takes up room that whoever failed for want of it needs.
class RemovedAtEnd {
 public:
  explicit RemovedAtEnd(const std::string& folder) : folder_(folder) {}
  ~RemovedAtEnd() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  RemovedAtEnd(const RemovedAtEnd&) = delete;
  RemovedAtEnd& operator=(const RemovedAtEnd&) = delete;

 private:
  const std::string& folder_;
};

// Another text whenever a file was replaced or written to; "" where there is none.
std::string StateOfFile(const std::string& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) return "";
  return fmt::format("{} {} {} {}.{:09}", status.st_dev, status.st_ino, status.st_size,
                     status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

// Unlike every other name, of this process or another, also where processes of two containers have
// one number.
std::string UniqueName() {
  std::random_device noise;
  return fmt::format("making-{}-{:08x}{:08x}", getpid(), noise(), noise());
}

}  // namespace

ArtifactStore::ArtifactStore(std::string root) : root_(std::move(root)) {
  CheckRoot(root_);
  if (StateOf(root_) == StoreState::kNone) {
    const std::string foreign = ForeignIn(root_);
    if (foreign.empty()) return;  // nothing of ours is there yet
    // Another process may have made it a store since the first look.
    if (StateOf(root_) == StoreState::kNone) RefuseForeign(root_, foreign);
  }
  for (const char* folder : {"", "images", "generated"}) SweepTemporaries(JoinPath(root_, folder));
  SweepWork();
}

void ArtifactStore::Prepare() const {
  const StoreState state = StateOf(root_);
  if (state == StoreState::kOurs) return;
  const std::string file = StoreFile(root_);
  if (state == StoreState::kDamaged) Say("damaged: " + file + " cannot be read; written anew");
  if (state == StoreState::kLost) Say("damaged: " + file + " is gone; written anew");
  WriteFileAtomic(file, StoreText());
}

std::string ArtifactStore::KeyOf(const Json& inputs) {
  return bcr::HashOf(DumpJsonCompact(inputs));
}

bool ArtifactStore::Has(const std::string& kind, const std::string& key) const {
  return FileExists(ManifestPath(Folder(kind, key)));
}

ArtifactStore::Known& ArtifactStore::Look(const std::string& kind, const std::string& key) {
  const std::string folder = Folder(kind, key);
  Known& known = known_[folder];
  std::string state = StateOfFile(ManifestPath(folder));
  if (known.manifest && known.state == state) return known;
  known = {std::move(state), {}, {}, {}, false};
  known.manifest = ReadManifest(folder, key, known.damage);
  if (known.manifest) known.content = known.manifest->Content();
  return known;
}

std::optional<Damage> ArtifactStore::FindDamage(const std::string& kind, const std::string& key,
                                                bool again) {
  const std::string folder = Folder(kind, key);
  Known& known = Look(kind, key);
  if (!known.manifest) return known.damage;
  if (again || !known.fits) {
    const auto found = bcr::FindDamage(folder, *known.manifest);
    known.fits = !found;
    if (found) return found;
  }
  for (const auto& [name, content] : known.manifest->made_of) {
    const size_t slash = name.find('/');
    const std::string now = ContentOf(name.substr(0, slash), name.substr(slash + 1));
    if (!now.empty() && now != content)
      return Damage{folder, "was made of another content of " + name, Damage::Kind::kOutdated};
  }
  return std::nullopt;
}

std::string ArtifactStore::ContentOf(const std::string& kind, const std::string& key) {
  return Look(kind, key).content;
}

std::string ArtifactStore::HashOf(const std::string& kind, const std::string& key) {
  const Known& known = Look(kind, key);
  return known.manifest ? known.manifest->hash : "";
}

std::string ArtifactStore::NameOf(const std::string& kind, const std::string& key) {
  return kind + "/" + key;
}

std::string ArtifactStore::Folder(const std::string& kind, const std::string& key) const {
  return JoinPath(JoinPath(root_, kind), key);
}

std::string ArtifactStore::WorkFolder(const std::string& kind, const std::string& key) const {
  return JoinPath(JoinPath(root_, "work"), kind + "-" + key);
}

std::string ArtifactStore::LockFile(const std::string& kind, const std::string& key) const {
  return WorkFolder(kind, key) + ".lock";
}

bool ArtifactStore::Make(const std::string& kind, const Json& inputs,
                         const std::function<void(const std::string& folder)>& produce,
                         const MadeOf& made_of) {
  const std::string key = KeyOf(inputs);
  if (IsSound(kind, key)) return true;
  const std::unique_ptr<KeyLock> lock = Take(kind, key);
  if (Has(kind, key)) {
    const auto damage = FindDamage(kind, key);
    if (!damage) return true;  // made while this process waited
    RemoveTaken(kind, key, *lock, *damage);
  }
  MakeTaken(kind, inputs, *lock, produce, made_of);
  return false;
}

std::unique_ptr<KeyLock> ArtifactStore::Take(const std::string& kind, const std::string& name) {
  MakeRoom(kind);
  return std::make_unique<KeyLock>(LockFile(kind, name), kind + " " + name.substr(0, 12));
}

std::unique_ptr<KeyLock> ArtifactStore::TryTake(const std::string& kind, const std::string& key) {
  MakeRoom(kind);
  return KeyLock::TryTake(LockFile(kind, key));
}

void ArtifactStore::MakeTaken(const std::string& kind, const Json& inputs, const KeyLock& right,
                              const std::function<void(const std::string& folder)>& produce,
                              const MadeOf& made_of) {
  const std::string key = KeyOf(inputs);
  const std::string work = WorkFolder(kind, key);
  if (right.held()) SweepWorkFolder(work);
  const std::string making = JoinPath(work, UniqueName());
  const RemovedAtEnd unfinished(making);
  MakeFolders(making);
  FlushFolder(JoinPath(root_, "work"));  // a checkpoint is to survive a power cut under its name
  produce(making);
  WriteJsonAtomic(JoinPath(making, "inputs.json"), inputs);
  WriteManifest(making, key, made_of);
  Publish(making, Folder(kind, key));
  Look(kind, key).fits = true;
  std::error_code ignored;
  fs::remove_all(work, ignored);
}

void ArtifactStore::MakeRoom(const std::string& kind) const {
  Prepare();
  MakeFolders(JoinPath(root_, "work"));
  const std::string room = JoinPath(root_, kind);
  if (FolderExists(room)) return;
  MakeFolders(room);
  FlushFolder(root_);
}

void ArtifactStore::RemoveTaken(const std::string& kind, const std::string& key, const KeyLock&,
                                const Damage& why) {
  if (why.kind != Damage::Kind::kOld) {
    const bool changed = why.kind == Damage::Kind::kChanged;
    Say(fmt::format("{}: {}; made anew", changed ? "damaged" : "outdated", why.Text()));
  } else if (!std::exchange(told_of_old_, true)) {
    Say("note: " + root_ + " is of a version that kept no hashes: what is used of it is made anew");
  }
  Erase(kind, key);
}

void ArtifactStore::Remove(const std::string& kind, const std::string& key) {
  const std::unique_ptr<KeyLock> lock = Take(kind, key);
  Erase(kind, key);
}

void ArtifactStore::Erase(const std::string& kind, const std::string& key) const {
  const std::string folder = Folder(kind, key);
  std::error_code failure;
  fs::remove(ManifestPath(folder), failure);  // first: half a removal leaves nothing whole
  if (!failure) fs::remove_all(folder, failure);
  if (!failure) return;
  internal::ThrowErrno(failure.value(), folder, "to remove it");
}

// A kill between publishing and removal leaves the checkpoint of an artefact that is whole, a kill
// before that a half-made one, which nobody may ever make again.
void ArtifactStore::SweepWork() const {
  for (const std::string& name : WorkNames(JoinPath(root_, "work"))) {
    const size_t dash = name.rfind('-');
    if (dash == std::string::npos) continue;
    const std::string kind = name.substr(0, dash), key = name.substr(dash + 1);
    try {
      const auto lock = KeyLock::TryTake(LockFile(kind, key));
      if (!lock || !lock->held()) continue;
      std::error_code ignored;
      const std::string work = WorkFolder(kind, key);
      SweepWorkFolder(work);
      if (Has(kind, key)) fs::remove_all(work, ignored);
      fs::remove(work, ignored);  // where nothing is left in it
    } catch (const Error&) {      // a store that may only be read
      return;
    }
  }
}

}  // namespace bcr
