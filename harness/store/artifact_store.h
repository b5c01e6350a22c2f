#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "harness/core/json.h"
#include "harness/core/manifest.h"

namespace bcr {

class KeyLock;

// What an artefact was made of: "<kind>/<key>" -> Manifest::Content then.
using MadeOf = std::map<std::string, std::string>;

// Content-keyed folders: <root>/<kind>/<key>/. A key is a hash of all inputs that decide the
// content, revisions included. An artefact is made in a temporary folder and renamed when whole,
// its DONE file written last; a folder without DONE is never taken for whole. DONE holds the hashes
// of all files (core/manifest.h): an artefact of which a byte has changed is told on stderr and made
// anew.
//
// Processes may share a store, on one machine or several: who makes an artefact holds a lock on its
// key, others wait for it and then use what it made. On a file system without locks equal work may
// be done twice, to the same content. What a killed process left behind is taken up (checkpoints)
// or removed (everything else) by the next one that makes the same artefact or opens the store.
class ArtifactStore {
 public:
  // Checks that the root is absent, empty, or a store of this version of the layout; throws kConfig
  // otherwise. Writes nothing: Prepare, and with it Make, creates the root. Removes temporary files
  // of killed processes when they are older than a day, and work folders of artefacts that are
  // whole.
  explicit ArtifactStore(std::string root);
  // Makes the root a store. For whoever writes below it by other means than Make. Throws kIo.
  void Prepare() const;

  static std::string KeyOf(const Json& inputs);
  // Whether an artefact is there that was written to its end. Its files may have changed since.
  bool Has(const std::string& kind, const std::string& key) const;
  // What is wrong with an artefact that is there: a file that is not as it was written, or another
  // content of what it was made of. Nothing where it may be used. Files are read once for every
  // content of DONE; with `again` they are read in any case.
  std::optional<Damage> FindDamage(const std::string& kind, const std::string& key,
                                   bool again = false);
  bool IsSound(const std::string& kind, const std::string& key) {
    return Has(kind, key) && !FindDamage(kind, key);
  }
  // Manifest::Content of an artefact, for what is made of it; "" where none is there.
  std::string ContentOf(const std::string& kind, const std::string& key);
  // Manifest::hash of an artefact: another one whenever it was made anew; "" where none is there.
  std::string HashOf(const std::string& kind, const std::string& key);
  static std::string NameOf(const std::string& kind, const std::string& key);
  // Where a whole artefact lies (or will lie).
  std::string Folder(const std::string& kind, const std::string& key) const;
  // Makes the artefact unless a sound one is there. `produce` fills the given empty folder; it may
  // make other artefacts, as long as none of them needs this one. Returns true where it was there
  // already. Throws kIo, kInterrupted, and what `produce` throws.
  bool Make(const std::string& kind, const Json& inputs,
            const std::function<void(const std::string& folder)>& produce,
            const MadeOf& made_of = {});
  // The right to make an artefact, without waiting: null where another process has it. Throws kIo.
  std::unique_ptr<KeyLock> TryTake(const std::string& kind, const std::string& key);
  // Make, for whoever has that right. `made_of` is read when `produce` has ended, and may have been
  // added to by it. REQUIRES: the artefact is not there.
  void MakeTaken(const std::string& kind, const Json& inputs, const KeyLock& right,
                 const std::function<void(const std::string& folder)>& produce,
                 const MadeOf& made_of = {});
  // Removes an artefact with something wrong, for whoever has the right to make it, and says so.
  // Throws kIo.
  void RemoveTaken(const std::string& kind, const std::string& key, const KeyLock& right,
                   const Damage& why);
  // Removes an artefact. Throws kIo.
  void Remove(const std::string& kind, const std::string& key);
  // The right to write <root>/<kind>/<name> by other means than Make; waits for whoever has it.
  std::unique_ptr<KeyLock> Take(const std::string& kind, const std::string& name);
  // A folder for what survives an interruption while an artefact is being made (checkpoints);
  // removed by Make.
  std::string WorkFolder(const std::string& kind, const std::string& key) const;
  const std::string& root() const { return root_; }

 private:
  // A DONE that was read, and what its file was like then.
  struct Known {
    std::string state;
    std::optional<Manifest> manifest;
    Damage damage;  // where there is no manifest
    std::string content;
    bool fits = false;  // all files were compared with it
  };
  Known& Look(const std::string& kind, const std::string& key);
  void MakeRoom(const std::string& kind) const;
  void SweepWork() const;
  void Erase(const std::string& kind, const std::string& key) const;
  std::string LockFile(const std::string& kind, const std::string& key) const;
  std::string root_;
  std::map<std::string, Known> known_;  // by folder
  bool told_of_old_ = false;            // that artefacts without hashes are made anew
};

}  // namespace bcr
