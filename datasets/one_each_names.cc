#include "datasets/one_each_names.h"

#include "datasets/name_cursor.h"

namespace bcr {

std::optional<std::string> ParseViperName(std::string_view base_name) {
  NameCursor cursor(base_name);
  const std::string_view identity = cursor.Digits();
  if (identity.empty() || !cursor.Literal("_") || cursor.Digits().empty()) return std::nullopt;
  if (cursor.rest() != ".bmp") return std::nullopt;
  return std::string(identity);
}

std::optional<std::string> ParsePridName(std::string_view base_name) {
  NameCursor cursor(base_name);
  if (!cursor.Literal("person_")) return std::nullopt;
  const std::string_view identity = cursor.Digits();
  if (identity.size() != 4 || cursor.rest() != ".png") return std::nullopt;
  return std::string(identity);
}

}  // namespace bcr
