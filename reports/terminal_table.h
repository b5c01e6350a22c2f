#pragma once

#include <string>
#include <string_view>

namespace bcr {

struct Leaderboard;

struct TextStyle {
  bool ascii = false;   // no characters beyond ASCII
  bool colour = false;  // ANSI: bold titles, dim reasons
  // Tables fit into this many: columns give way in the order of column_fit.h, then a method's name
  // is cut.
  int columns = 110;
};

// ASCII where the locale (LC_ALL, LC_CTYPE or LANG, whichever is set first) is not UTF-8 or the
// user wants no colour (NO_COLOR); the caller reads the environment.
TextStyle TextStyleFor(std::string_view locale, bool no_color, bool colour_terminal);

// The leaderboard as aligned text: a legend, then a table per group with the reasons of rows that
// are not ranked.
std::string TerminalTable(const Leaderboard& leaderboard, const TextStyle& style);

}  // namespace bcr
