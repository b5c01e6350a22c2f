#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bcr {

// A pattern that says where an image's name holds the camera: `*` stands for any characters, also
// none, as few as possible; `{camera}` for all digits that follow there, or for all letters; every
// other character for itself. "*_c{camera}s*" finds 12 in "0001_c12s1_000151.jpg".
class CameraPattern {
 public:
  // Throws kUsage, naming `where`: not exactly one {camera}, other braces, `*` directly before it or
  // beside another `*`.
  CameraPattern(const std::string& text, const std::string& where);
  // The camera as spelled; nothing where the whole name does not match.
  std::optional<std::string> Find(std::string_view name) const;

 private:
  struct Token {
    enum class Kind { kText, kAny, kCamera } kind = Kind::kText;
    std::string text = {};
  };
  std::vector<Token> tokens_;
};

}  // namespace bcr
