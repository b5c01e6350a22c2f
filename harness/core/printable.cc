#include "harness/core/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "harness/core/utf8.h"

namespace bcr {
namespace {

bool NeedsCare(char c) {
  const auto byte = static_cast<uint8_t>(c);
  return (byte < 0x20 && c != '\n') || byte >= 0x7F;
}

// The code point at the front of well-formed UTF-8, and how many bytes it takes.
struct Character {
  uint32_t code;
  size_t bytes;
};
Character FirstOf(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  uint32_t code = lead & (0xFFU >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) code = code << 6 | (static_cast<uint8_t>(text[i]) & 0x3FU);
  return {code, bytes};
}

bool IsControl(uint32_t code) {
  const bool c0 = code < 0x20 && code != '\n';
  const bool c1 = code >= 0x7F && code <= 0x9F;
  const bool direction = code == 0x061C || code == 0x200E || code == 0x200F ||
                         (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
  return c0 || c1 || direction;
}

}  // namespace

std::string Printable(std::string_view text) {
  if (std::none_of(text.begin(), text.end(), NeedsCare)) return std::string(text);
  std::string shown;
  size_t valid_end = std::min(InvalidUtf8At(text), text.size());
  for (size_t i = 0; i < text.size();) {
    if (i == valid_end) {
      shown += fmt::format("\\x{:02x}", static_cast<uint8_t>(text[i++]));
      const size_t next = InvalidUtf8At(text.substr(i));
      valid_end = next == std::string_view::npos ? text.size() : i + next;
      continue;
    }
    const Character character = FirstOf(text.substr(i));
    if (!IsControl(character.code)) {
      shown += text.substr(i, character.bytes);
    } else if (character.code < 0x80) {
      shown += fmt::format("\\x{:02x}", character.code);
    } else {
      shown += fmt::format("\\u{:04x}", character.code);
    }
    i += character.bytes;
  }
  return shown;
}

void PrintText(std::string_view text) { std::fputs(Printable(text).c_str(), stdout); }

}  // namespace bcr
