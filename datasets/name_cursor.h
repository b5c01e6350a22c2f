#pragma once

#include <cstddef>
#include <string_view>

namespace bcr {

// Reads an image's base name from its front, for the grammars of data sets.
class NameCursor {
 public:
  explicit NameCursor(std::string_view text) : rest_(text) {}
  std::string_view Digits();            // as many as there are: "" where there is none
  bool Literal(std::string_view text);  // whether it comes next; then behind it
  std::string_view rest() const { return rest_; }

 private:
  std::string_view Take(size_t n);
  std::string_view rest_;
};

// Whether it is .jpg, .jpeg or .png, in any case.
bool IsImageExtension(std::string_view text);

}  // namespace bcr
