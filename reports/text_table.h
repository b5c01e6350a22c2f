#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bcr {

// Characters (code points) in UTF-8 text; bytes that are no UTF-8 count one each.
size_t DisplayWidth(std::string_view text);

// Aligned text: the first row is the header. Columns whose place is in `left` are flush left, the
// others right; two spaces between columns, no spaces at the end of a line.
std::string AlignedTable(const std::vector<std::vector<std::string>>& rows,
                         const std::vector<size_t>& left);

// `text` without control characters, cut to `width` characters with a "~" where it is longer.
std::string Shortened(std::string text, size_t width);

// `text` broken at spaces into lines of at most `columns` characters; further lines begin with
// `indent` spaces. Ends with a line break.
std::string Wrapped(const std::string& text, size_t columns, size_t indent = 0);

// 3368 as "3,368".
std::string Grouped(int64_t number);

}  // namespace bcr
