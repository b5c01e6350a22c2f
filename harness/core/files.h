#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bcr {

// Whole file as bytes. Throws kMissing or kIo, naming the file.
std::string ReadFile(const std::string& path);

// Where a write to `path` ends up: symbolic links at its end followed, dangling ones too. Throws
// kIo for links that lead in a circle, and where a device, pipe or socket lies there: renaming a
// file onto it would remove it for everybody.
std::string WriteTarget(const std::string& path);

// Writes to a temporary name in the same folder, flushes to disk (fsync of file and folder),
// renames. Readers see the old file or the whole new one, never a part. Creates the folder. A
// symbolic link stays one: what it points to is written. Throws kIo (disk full says so), also as
// WriteTarget does.
void WriteFileAtomic(const std::string& path, std::string_view bytes);
// The same, for content produced piece by piece: `produce` is given the temporary path to write,
// which has the extension of `path`. What it throws passes through, after the temporary is removed.
void WriteFileAtomic(const std::string& path,
                     const std::function<void(const std::string& temporary)>& produce);

// Whether a name is one that WriteFileAtomic gives while it writes: a killed process may leave such
// a file behind. Nobody ever reads it; ListFiles leaves it out.
bool IsTemporaryName(std::string_view name);

// Flushes the entries of a folder to disk: after a rename into it, the new name survives a power
// cut. Throws kIo.
void FlushFolder(const std::string& folder);
// Flushes files below `folder` and the folders they lie in. Many files are flushed at once, with
// everything else on their file system. Throws kIo.
void FlushFiles(const std::string& folder, const std::vector<std::string>& names);

// Names (not paths) of the regular files in a folder, sorted bytewise. Throws kMissing, naming the
// folder.
std::vector<std::string> ListFiles(const std::string& folder);

bool FileExists(const std::string& path);
bool FolderExists(const std::string& path);
void MakeFolders(const std::string& path);  // like mkdir -p; throws kIo
std::string JoinPath(std::string_view folder, std::string_view name);

// Read-only memory map of a whole regular file. Movable; unmaps at destruction. An empty file has
// data() == nullptr. Throws kMissing or kIo. REQUIRES: nobody shortens the file meanwhile
// (WriteFileAtomic never does).
class MappedFile {
 public:
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  const uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  // Tells the system to read ahead: the file will be read from front to back. Changes no result.
  void AdviseSequential() const;

 private:
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

// A folder under the system's temporary folder, removed with its content at destruction.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace bcr
