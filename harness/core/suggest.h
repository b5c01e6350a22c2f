#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bcr {

// The candidate nearest to `word` by edit distance, or "" where none is near enough to be a typing
// mistake.
std::string Nearest(std::string_view word, const std::vector<std::string>& candidates);

// "did you mean `x`?" or "known: a, b, c" for messages about unknown names.
std::string SuggestionFor(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace bcr
