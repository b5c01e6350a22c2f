#include "datasets/msmt_name.h"

#include <algorithm>

#include "datasets/name_cursor.h"

namespace bcr {

std::optional<std::string> ParseMsmtCamera(std::string_view base_name) {
  NameCursor cursor(base_name);
  if (cursor.Digits().empty() || !cursor.Literal("_")) return std::nullopt;
  if (cursor.Digits().empty() || !cursor.Literal("_")) return std::nullopt;
  const std::string_view camera = cursor.Digits();
  if (camera.size() != 2 || !cursor.Literal("_")) return std::nullopt;
  const std::string_view rest = cursor.rest();
  const size_t dot = std::min(rest.rfind('.'), rest.size());
  if (dot == 0 || !IsImageExtension(rest.substr(dot))) return std::nullopt;
  return std::string(camera);
}

}  // namespace bcr
