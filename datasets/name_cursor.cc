#include "datasets/name_cursor.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace bcr {

std::string_view NameCursor::Digits() {
  size_t n = 0;
  while (n < rest_.size() && rest_[n] >= '0' && rest_[n] <= '9') ++n;
  return Take(n);
}

bool NameCursor::Literal(std::string_view text) {
  if (!rest_.starts_with(text)) return false;
  Take(text.size());
  return true;
}

std::string_view NameCursor::Take(size_t n) {
  const std::string_view taken = rest_.substr(0, n);
  rest_.remove_prefix(n);
  return taken;
}

bool IsImageExtension(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower == ".jpg" || lower == ".jpeg" || lower == ".png";
}

}  // namespace bcr
