#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bcr {

// Text of unknown origin (names of files, models, people) inside markup. Control characters become
// spaces in all of them.

// For Markdown: marks that would mean something there get a backslash.
std::string MarkdownText(const std::string& text);
// "| a | b |" and a line break, of such texts.
std::string MarkdownRow(const std::vector<std::string>& cells);

// For XML and HTML, in elements and in quoted attributes. Bytes that are no UTF-8 become U+FFFD.
std::string XmlText(std::string_view text);

}  // namespace bcr
