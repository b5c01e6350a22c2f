#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bcr {

// What the folder of a finished artefact holds, kept in its file DONE: every file with its size and
// the hashes of its blocks, and what the artefact was made of. The file carries a hash of itself,
// so that a change of any byte of the folder is noticed by whoever compares.
struct Manifest {
  struct File {
    std::string name;  // relative to the folder, '/'-separated
    uint64_t bytes = 0;
    std::vector<std::string> blocks;  // a hash for every kManifestBlock bytes; at least one
  };
  std::string of;           // what the folder was made as: a copy under another name is none
  std::vector<File> files;  // all but DONE itself, sorted by name
  std::map<std::string, std::string> made_of;  // other artefacts, and the Content each had
  std::string hash;                            // of all of the above

  // Null where the folder has no such file.
  const File* Find(std::string_view name) const;
  // A hash of the files that whatever is made of the artefact depends on: all but those in JSON,
  // which describe it and say, among other things, how long it took.
  std::string Content() const;
};

inline constexpr char kDoneFile[] = "DONE";
inline constexpr size_t kManifestBlock = size_t{4} << 20;

std::string ManifestPath(const std::string& folder);
// The hash of one block.
std::string HashOfBlock(const void* data, size_t size);

// Lists, hashes and flushes to disk every file of a folder that is not temporary, then writes DONE.
// A folder in which DONE stands was written to its end. Throws kIo.
Manifest WriteManifest(const std::string& folder, const std::string& of,
                       const std::map<std::string, std::string>& made_of = {});

// What is wrong with a file of an artefact.
struct Damage {
  std::string file;  // its path
  std::string what;  // "has 3 bytes instead of 5", to stand behind the name
  enum class Kind {
    kChanged,
    kOutdated,  // sound, and made of something that has another content now
    kOld        // of a version that kept no hashes
  };
  Kind kind = Kind::kChanged;
  std::string Text() const { return file + " " + what; }
};

// The manifest of a folder made as `of`. Nothing where it is absent, changed or of another folder:
// `damage` then says so. Reads no other file.
std::optional<Manifest> ReadManifest(const std::string& folder, const std::string& of,
                                     Damage& damage);

// The first file that is not as it was written, of those that `choose` takes (all without it);
// nothing where there is none. Files that the manifest does not name are not looked at.
std::optional<Damage> FindDamage(const std::string& folder, const Manifest& manifest,
                                 const std::function<bool(const Manifest::File&)>& choose = {});

}  // namespace bcr
