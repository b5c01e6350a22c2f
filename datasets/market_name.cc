#include "datasets/market_name.h"

#include "datasets/name_cursor.h"

namespace bcr {

std::optional<MarketName> ParseMarketName(std::string_view base_name) {
  NameCursor cursor(base_name);
  const std::string_view identity = cursor.Literal("-1") ? base_name.substr(0, 2) : cursor.Digits();
  if (identity.empty() || !cursor.Literal("_c")) return std::nullopt;
  const std::string_view camera = cursor.Digits();
  if (camera.empty() || !cursor.Literal("s") || cursor.Digits().empty()) return std::nullopt;
  if (!cursor.Literal("_") || cursor.Digits().empty()) return std::nullopt;
  if (!cursor.Literal("_") || cursor.Digits().empty()) return std::nullopt;
  if (!IsImageExtension(cursor.rest())) return std::nullopt;
  return MarketName{std::string(identity), std::string(camera)};
}

}  // namespace bcr
