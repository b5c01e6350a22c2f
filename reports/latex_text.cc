#include <fmt/format.h>

#include <cstdint>

#include "harness/core/utf8.h"
#include "reports/latex.h"

namespace bcr {
namespace {

// How an ASCII character prints itself; null where it does as it is. Brackets stand in braces, as
// they could begin an argument.
const char* PrintedAs(char c) {
  switch (c) {
    case '\\':
      return "\\textbackslash{}";
    case '^':
      return "\\textasciicircum{}";
    case '~':
      return "\\textasciitilde{}";
    case '<':
      return "\\textless{}";
    case '>':
      return "\\textgreater{}";
    case '|':
      return "\\textbar{}";
    case '{':
      return "\\{";
    case '}':
      return "\\}";
    case '$':
      return "\\$";
    case '&':
      return "\\&";
    case '#':
      return "\\#";
    case '%':
      return "\\%";
    case '_':
      return "\\_";
    case '"':
      return "\\symbol{34}";
    case '`':
      return "\\symbol{96}";
    case '[':
      return "{[}";
    case ']':
      return "{]}";
    default:
      return nullptr;
  }
}

// The character that begins `text`, which is well formed and not empty; `length` is its bytes.
uint32_t FirstCharacter(std::string_view text, size_t& length) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(text[i])); };
  const uint32_t first = byte(0);
  length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (length == 1) return first;
  uint32_t code = first & (0x7FU >> length);
  for (size_t i = 1; i < length; ++i) code = code << 6 | (byte(i) & 0x3FU);
  return code;
}

// Accented letters that every LaTeX makes in its first font encoding: U+00C0 to U+00FF without the
// signs for times and division, eth and thorn.
bool HasGlyph(uint32_t code) {
  if (code < 0xC0 || code > 0xFF) return false;
  for (const uint32_t lacking : {0xD0U, 0xD7U, 0xDEU, 0xF0U, 0xF7U, 0xFEU}) {
    if (code == lacking) return false;
  }
  return true;
}

// LaTeX makes one mark of two of them: a dash, a closing quote.
bool Joins(char before, char c) { return before == c && (c == '-' || c == '\''); }

std::string WellFormed(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    size_t length = 0;
    const uint32_t code = FirstCharacter(text, length);
    if (code < 0x20 || code == 0x7F) {
      out += ' ';
    } else if (code < 0x80) {
      if (!out.empty() && Joins(out.back(), text[0])) out += "{}";
      const char* printed = PrintedAs(text[0]);
      out += printed == nullptr ? std::string(1, text[0]) : printed;
    } else if (HasGlyph(code)) {
      out += text.substr(0, length);
    } else {
      out += fmt::format("{{[}}U+{:04X}{{]}}", code);
    }
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace

std::string LatexText(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t bad = InvalidUtf8At(text);
    out += WellFormed(text.substr(0, bad));
    if (bad == std::string_view::npos) break;
    out += "{[}U+FFFD{]}";
    text.remove_prefix(bad + 1);
  }
  return out;
}

}  // namespace bcr
