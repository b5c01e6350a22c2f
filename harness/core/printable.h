#pragma once

#include <string>
#include <string_view>

namespace bcr {

// `text` for a terminal. File names, labels and tensor names may hold anything, and a terminal obeys
// control characters: they could hide a message or repeat another one. Control characters other
// than the line feed, DEL, the marks that turn the writing direction, and bytes that are not UTF-8
// become \xNN or \uNNNN; everything else stays.
std::string Printable(std::string_view text);

// Printable text on standard output.
void PrintText(std::string_view text);

}  // namespace bcr
