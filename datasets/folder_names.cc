#include "datasets/folder_names.h"

#include <algorithm>
#include <string>

#include "datasets/name_cursor.h"

namespace bcr {
namespace {

// Takes "_" and digits.
bool TakeNumber(NameCursor& cursor) { return cursor.Literal("_") && !cursor.Digits().empty(); }

std::optional<MarketName> Named(std::string_view identity, std::string_view camera,
                                const NameCursor& cursor) {
  if (!IsImageExtension(cursor.rest())) return std::nullopt;
  return MarketName{std::string(identity), std::string(camera)};
}

}  // namespace

std::optional<MarketName> ParseCuhk03NpName(std::string_view base_name) {
  NameCursor cursor(base_name);
  const std::string_view identity = cursor.Digits();
  if (identity.empty() || !cursor.Literal("_c")) return std::nullopt;
  const std::string_view camera = cursor.Digits();
  if (camera.empty() || !TakeNumber(cursor)) return std::nullopt;
  return Named(identity, camera, cursor);
}

std::optional<MarketName> ParseVeriName(std::string_view base_name) {
  NameCursor cursor(base_name);
  const std::string_view identity = cursor.Digits();
  if (identity.empty() || !cursor.Literal("_c")) return std::nullopt;
  const std::string_view camera = cursor.Digits();
  if (camera.empty() || !TakeNumber(cursor) || !TakeNumber(cursor)) return std::nullopt;
  return Named(identity, camera, cursor);
}

std::optional<MarketName> ParseMpddName(std::string_view base_name) {
  NameCursor cursor(base_name);
  const std::string_view identity = cursor.Digits();
  if (identity.empty() || !cursor.Literal("_c")) return std::nullopt;
  const std::string_view camera = cursor.Digits();
  cursor.Literal("_");
  if (camera.empty() || !cursor.Literal("s") || cursor.Digits().empty()) return std::nullopt;
  if (!TakeNumber(cursor)) return std::nullopt;
  return Named(identity, camera, cursor);
}

std::optional<MarketName> ParseCuhkSysuName(std::string_view base_name) {
  NameCursor cursor(base_name);
  const std::string_view identity = cursor.Digits();
  if (identity.empty() || !cursor.Literal("_s")) return std::nullopt;
  const std::string_view scene = cursor.Digits();
  if (scene.empty() || !TakeNumber(cursor) || !TakeNumber(cursor)) return std::nullopt;
  return Named(identity, "s" + std::string(scene), cursor);
}

std::optional<MarketName> ParseLayoutName(std::string_view base_name) {
  NameCursor cursor(base_name);
  const std::string_view identity = cursor.Literal("-1") ? base_name.substr(0, 2) : cursor.Digits();
  if (identity.empty() || !cursor.Literal("_c")) return std::nullopt;
  const std::string_view camera = cursor.Digits();
  const std::string_view rest = cursor.rest();
  if (camera.empty() || !IsImageExtension(rest.substr(std::min(rest.rfind('.'), rest.size()))))
    return std::nullopt;
  return MarketName{std::string(identity), std::string(camera)};
}

}  // namespace bcr
