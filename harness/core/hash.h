#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace bcr {

// Streaming 128-bit content hash (XXH3), printed as 32 hex digits. It names content; it is no
// defence against forgery.
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher& Add(const void* data, size_t size);
  // Adds the length first, so that ("ab","c") and ("a","bc") differ.
  Hasher& AddText(std::string_view text);
  std::string Hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string HashOf(std::string_view bytes);
// Hash of a file's content. Throws kMissing or kIo, naming the file.
std::string HashOfFile(const std::string& path);

}  // namespace bcr
