#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bcr {

// A zip archive opened for reading. Read may be called from several threads: they take turns.
class ZipArchive {
 public:
  struct Entry {
    std::string name;  // '/'-separated, as the archive spells it (raw bytes)
    uint64_t bytes;    // uncompressed
  };

  // Throws kMissing (no such file), kData (no zip archive, truncated) or kIo, naming the file.
  explicit ZipArchive(const std::string& path);
  ~ZipArchive();
  ZipArchive(const ZipArchive&) = delete;
  ZipArchive& operator=(const ZipArchive&) = delete;

  const std::string& path() const { return path_; }
  // Every file (no folders), in the archive's order.
  const std::vector<Entry>& entries() const { return entries_; }
  // The uncompressed content of entry `i` of entries(). Throws kData (damaged, encrypted, over 64
  // MiB), naming archive and entry. REQUIRES: i < entries().size().
  std::string Read(size_t i) const;

 private:
  struct Handle;
  std::string path_;
  std::vector<Entry> entries_;
  std::vector<uint64_t> indices_;  // of each entry in the archive
  std::unique_ptr<Handle> handle_;
};

}  // namespace bcr
