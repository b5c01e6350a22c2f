#include "harness/core/utf8.h"

#include <cstdint>

namespace bcr {
namespace {

// What may follow a lead byte: how many bytes, and the range of the first of them (RFC 3629, 4).
struct Tail {
  int count;
  uint8_t low, high;
};

Tail TailOf(uint8_t lead) {
  if (lead < 0x80) return {0, 0, 0};
  if (lead >= 0xC2 && lead <= 0xDF) return {1, 0x80, 0xBF};
  if (lead == 0xE0) return {2, 0xA0, 0xBF};
  if (lead == 0xED) return {2, 0x80, 0x9F};
  if (lead >= 0xE1 && lead <= 0xEF) return {2, 0x80, 0xBF};
  if (lead == 0xF0) return {3, 0x90, 0xBF};
  if (lead >= 0xF1 && lead <= 0xF3) return {3, 0x80, 0xBF};
  if (lead == 0xF4) return {3, 0x80, 0x8F};
  return {-1, 0, 0};
}

}  // namespace

size_t InvalidUtf8At(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const Tail tail = TailOf(static_cast<uint8_t>(text[i]));
    if (tail.count < 0 || text.size() - i <= static_cast<size_t>(tail.count)) return i;
    for (int k = 1; k <= tail.count; ++k) {
      const auto byte = static_cast<uint8_t>(text[i + k]);
      if (byte < (k == 1 ? tail.low : 0x80) || byte > (k == 1 ? tail.high : 0xBF)) return i;
    }
    i += static_cast<size_t>(tail.count) + 1;
  }
  return std::string_view::npos;
}

}  // namespace bcr
