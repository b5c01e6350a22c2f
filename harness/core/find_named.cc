#include "harness/core/find_named.h"

#include <utility>

#include "harness/core/suggest.h"

namespace bcr {

void ThrowUnknownName(UnknownName text, std::string_view name,
                      const std::vector<std::string>& known) {
  throw Error(text.code, {std::move(text.where), std::move(text.found), std::move(text.expected),
                          SuggestionFor(name, known)});
}

}  // namespace bcr
