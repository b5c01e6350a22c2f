#pragma once

#include <string>
#include <string_view>

// Pieces of files.cc that mapped_file.cc and the tests need; not for other folders.
namespace bcr::internal {

// Throws for a failed system call: kMissing where the path does not exist, else kIo. `action`
// completes "could not ...".
[[noreturn]] void ThrowErrno(int error, const std::string& path, const std::string& action);

// Writes all bytes, going on after short writes and signals. Throws kIo naming `path`.
void WriteAll(int descriptor, std::string_view bytes, const std::string& path);

// Closes a file descriptor when it goes out of scope.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

}  // namespace bcr::internal
