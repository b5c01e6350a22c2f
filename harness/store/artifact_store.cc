#include "harness/store/artifact_store.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>
#include <system_error>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/store/key_lock.h"
#include "harness/store/store_sweep.h"

namespace bcr {

namespace fs = std::filesystem;

namespace {

constexpr int kStoreRevision = 1;

std::string StoreFile(const std::string& root) { return JoinPath(root, "STORE.json"); }

// Somebody else's folder must not become a store by a slip of the hand. Drawn images alone are
// ours: they may stand there before anything is stored; so is the store file of another process,
// half written.
void RefuseForeign(const std::string& root) {
  std::error_code failure;
  for (fs::directory_iterator at(root, failure), end; !failure && at != end;
       at.increment(failure)) {
    const std::string name = at->path().filename().string();
    if (name == "generated" || IsTemporaryName(name)) continue;
    throw Error(ErrorCode::kConfig,
                {root, "a folder with other content, e.g. `" + name + "`",
                 "a store of bcreid (it has a STORE.json), an empty folder or a new name",
                 "Name another folder with --store."});
  }
}

void CheckStore(const std::string& root) {
  const std::string file = StoreFile(root);
  if (!FileExists(file)) return RefuseForeign(root);
  const Json json = ReadJsonFile(file);
  const bool known = json.is_object() && json.contains("bcreid_store_revision") &&
                     json["bcreid_store_revision"] == kStoreRevision;
  if (known) return;
  throw Error(
      ErrorCode::kConfig,
      {file, "a store of another version: " + DumpJsonCompact(json),
       "bcreid_store_revision " + std::to_string(kStoreRevision),
       "Name another folder with --store, or remove this one to compute everything again."});
}

// Another process, on a file system without locks, may have finished the same artefact first: equal
// keys mean equal content, so theirs serves.
void Publish(const std::string& from, const std::string& to) {
  std::error_code failure;
  fs::rename(from, to, failure);
  const auto whole = [&] { return FileExists(JoinPath(to, "DONE")); };
  if (failure && !whole()) {
    std::error_code ignored;
    fs::remove_all(to, ignored);  // a leftover without DONE is in the way
    fs::rename(from, to, failure);
  }
  if (failure && !whole()) {
    throw Error(ErrorCode::kIo,
                {to, "cannot rename " + from + ": " + failure.message(), "a writable store", ""});
  }
}

// Unlike every other name, of this process or another, also where processes of two containers have
// one number.
std::string UniqueName() {
  std::random_device noise;
  return fmt::format("making-{}-{:08x}{:08x}", getpid(), noise(), noise());
}

}  // namespace

ArtifactStore::ArtifactStore(std::string root) : root_(std::move(root)) {
  CheckStore(root_);
  if (!FileExists(StoreFile(root_))) return;  // nothing of ours is there yet
  for (const char* folder : {"images", "generated"}) SweepTemporaries(JoinPath(root_, folder));
}

void ArtifactStore::Prepare() const {
  const std::string file = StoreFile(root_);
  if (!FileExists(file)) WriteJsonAtomic(file, {{"bcreid_store_revision", kStoreRevision}});
}

std::string ArtifactStore::KeyOf(const Json& inputs) { return HashOf(DumpJsonCompact(inputs)); }

bool ArtifactStore::Has(const std::string& kind, const std::string& key) const {
  return FileExists(JoinPath(Folder(kind, key), "DONE"));
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
                         const std::function<void(const std::string& folder)>& produce) {
  const std::string key = KeyOf(inputs);
  if (Has(kind, key)) return true;
  MakeRoom(kind);
  const KeyLock lock(LockFile(kind, key), kind + " " + key.substr(0, 12));
  if (Has(kind, key)) return true;  // made while this process waited
  MakeTaken(kind, inputs, lock, produce);
  return false;
}

std::unique_ptr<KeyLock> ArtifactStore::TryTake(const std::string& kind, const std::string& key) {
  MakeRoom(kind);
  return KeyLock::TryTake(LockFile(kind, key));
}

void ArtifactStore::MakeTaken(const std::string& kind, const Json& inputs, const KeyLock& right,
                              const std::function<void(const std::string& folder)>& produce) {
  const std::string key = KeyOf(inputs);
  const std::string work = WorkFolder(kind, key);
  if (right.held()) SweepWorkFolder(work);
  const std::string making = JoinPath(work, UniqueName());
  MakeFolders(making);
  produce(making);
  WriteJsonAtomic(JoinPath(making, "inputs.json"), inputs);
  WriteFileAtomic(JoinPath(making, "DONE"), key + "\n");
  Publish(making, Folder(kind, key));
  std::error_code ignored;
  fs::remove_all(work, ignored);
}

void ArtifactStore::MakeRoom(const std::string& kind) const {
  Prepare();
  MakeFolders(JoinPath(root_, "work"));
  MakeFolders(JoinPath(root_, kind));
}

void ArtifactStore::Remove(const std::string& kind, const std::string& key) {
  MakeFolders(JoinPath(root_, "work"));
  const KeyLock lock(LockFile(kind, key), kind + " " + key.substr(0, 12));
  const std::string folder = Folder(kind, key);
  std::error_code failure;
  fs::remove(JoinPath(folder, "DONE"), failure);  // first: half a removal leaves nothing whole
  if (!failure) fs::remove_all(folder, failure);
  if (!failure) return;
  throw Error(ErrorCode::kIo, {folder, "cannot remove it: " + failure.message(), "a writable store",
                               "Remove it by hand."});
}

}  // namespace bcr
