#pragma once

#include <cstddef>
#include <string>

namespace bcr {

// A file that is written piece by piece, for what WriteFileAtomic's `produce` is given: neither
// flushed nor renamed. Whatever lies at the path is replaced. Errors name `shown`, the file's final
// name, and say whether the disk is full or read-only. Throws kMissing or kIo.
class NewFile {
 public:
  NewFile(const std::string& path, std::string shown);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  void Append(const void* data, size_t bytes);

 private:
  const std::string shown_;
  const int descriptor_;
};

}  // namespace bcr
