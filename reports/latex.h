#pragma once

#include <string>
#include <string_view>

namespace bcr {

struct Leaderboard;

// Text of unknown origin inside a LaTeX paragraph, table cell or caption: marks that LaTeX obeys are
// written so that they print, control characters become spaces. Of what lies beyond ASCII the
// accented letters of Western Europe stay; another character becomes its number, "[U+4E2D]", since
// pdfLaTeX stops at characters that its fonts lack. Bytes that are no UTF-8 become [U+FFFD].
std::string LatexText(std::string_view text);

// The leaderboard for a paper: one table environment a table, with booktabs rules; and one a group
// of settings. The best cross mAP is bold only where no other row ties with it; where some do, those
// and the best are underlined. The column `reverse` is left out, for want of width. Needs
// \usepackage{booktabs} alone.
std::string LatexTables(const Leaderboard& leaderboard);

}  // namespace bcr
