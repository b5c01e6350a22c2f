#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/error.h"

namespace bcr {

// What an error about an unknown name says; its hint is a suggestion (SuggestionFor).
struct UnknownName {
  ErrorCode code = ErrorCode::kUsage;
  std::string where, found, expected;
};
[[noreturn]] void ThrowUnknownName(UnknownName text, std::string_view name,
                                   const std::vector<std::string>& known);

// The item of `table` whose `name_of(item)` is `name`; where there is none, throws ThrowUnknownName
// with the names of all items. The reference lives as long as the table.
template <typename Table, typename NameOf>
const typename Table::value_type& FindNamed(const Table& table, std::string_view name,
                                            NameOf name_of, const UnknownName& otherwise) {
  std::vector<std::string> known;
  for (const auto& item : table) {
    known.emplace_back(name_of(item));
    if (known.back() == name) return item;
  }
  ThrowUnknownName(otherwise, name, known);
}

}  // namespace bcr
