#include "datasets/duke_name.h"

#include <string>

#include "datasets/name_cursor.h"

namespace bcr {

std::optional<MarketName> ParseDukeName(std::string_view base_name) {
  NameCursor cursor(base_name);
  const std::string_view identity = cursor.Digits();
  if (identity.empty() || !cursor.Literal("_c")) return std::nullopt;
  const std::string_view camera = cursor.Digits();
  if (camera.empty() || !cursor.Literal("_f") || cursor.Digits().empty()) return std::nullopt;
  if (!IsImageExtension(cursor.rest())) return std::nullopt;
  return MarketName{std::string(identity), std::string(camera)};
}

}  // namespace bcr
