#include "reports/markup.h"

#include "harness/core/utf8.h"

namespace bcr {
namespace {

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

const char* EntityOf(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return nullptr;
  }
}

}  // namespace

std::string MarkdownText(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (IsControl(c)) {
      out += ' ';
      continue;
    }
    if (std::string_view("\\`*_[]<>|#").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string MarkdownRow(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + MarkdownText(cell) + " |";
  return line + "\n";
}

std::string XmlText(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t bad = InvalidUtf8At(text);
    for (const char c : text.substr(0, bad)) {
      if (const char* entity = EntityOf(c)) {
        out += entity;
      } else {
        out += IsControl(c) ? ' ' : c;
      }
    }
    if (bad == std::string_view::npos) break;
    out += "\xEF\xBF\xBD";
    text.remove_prefix(bad + 1);
  }
  return out;
}

}  // namespace bcr
