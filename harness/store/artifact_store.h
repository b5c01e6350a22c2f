#pragma once

#include <functional>
#include <memory>
#include <string>

#include "harness/core/json.h"

namespace bcr {

class KeyLock;

// Content-keyed folders: <root>/<kind>/<key>/. A key is a hash of all inputs that decide the
// content, revisions included. An artefact is made in a temporary folder and renamed when whole,
// its DONE file written last; a folder without DONE is never taken for whole.
//
// Processes may share a store, on one machine or several: who makes an artefact holds a lock on its
// key, others wait for it and then use what it made. On a file system without locks equal work may
// be done twice, to the same content. What a killed process left behind is taken up (checkpoints)
// or removed (everything else) by the next one that makes the same artefact or opens the store.
class ArtifactStore {
 public:
  // Checks that the root is absent, empty, or a store of this version of the layout; throws kConfig
  // otherwise. Writes nothing: Prepare, and with it Make, creates the root. Removes temporary files
  // of killed processes from images/ and generated/ of a store when they are older than a day.
  explicit ArtifactStore(std::string root);
  // Makes the root a store. For whoever writes below it by other means than Make. Throws kIo.
  void Prepare() const;

  static std::string KeyOf(const Json& inputs);
  bool Has(const std::string& kind, const std::string& key) const;
  // Where a whole artefact lies (or will lie).
  std::string Folder(const std::string& kind, const std::string& key) const;
  // Makes the artefact unless it is there. `produce` fills the given empty folder; it may make
  // other artefacts, as long as none of them needs this one. Returns true where it was there
  // already. Throws kIo, kInterrupted, and what `produce` throws.
  bool Make(const std::string& kind, const Json& inputs,
            const std::function<void(const std::string& folder)>& produce);
  // The right to make an artefact, without waiting: null where another process has it. Throws kIo.
  std::unique_ptr<KeyLock> TryTake(const std::string& kind, const std::string& key);
  // Make, for whoever has that right. REQUIRES: the artefact is not there.
  void MakeTaken(const std::string& kind, const Json& inputs, const KeyLock& right,
                 const std::function<void(const std::string& folder)>& produce);
  // Removes an artefact (one found damaged). Throws kIo.
  void Remove(const std::string& kind, const std::string& key);
  // A folder for what survives an interruption while an artefact is being made (checkpoints);
  // removed by Make.
  std::string WorkFolder(const std::string& kind, const std::string& key) const;
  const std::string& root() const { return root_; }

 private:
  void MakeRoom(const std::string& kind) const;
  std::string LockFile(const std::string& kind, const std::string& key) const;
  std::string root_;
};

}  // namespace bcr
