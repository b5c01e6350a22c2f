#include "harness/data/image_ends.h"

#include <cstdint>
#include <cstring>

namespace bcr {
namespace {

constexpr char kPngSignature[] = "\x89PNG\r\n\x1a\n";

uint8_t Byte(const std::string& bytes, size_t i) { return static_cast<uint8_t>(bytes[i]); }

uint64_t BigEndian(const std::string& bytes, size_t i, int count) {
  uint64_t value = 0;
  for (int b = 0; b < count; ++b) value = value << 8 | Byte(bytes, i + b);
  return value;
}

// Inside entropy-coded data every 0xFF is followed by 0x00 or a restart marker, so one walk serves
// headers and data.
bool JpegReachesEnd(const std::string& bytes) {
  size_t i = 2;
  while (i + 1 < bytes.size()) {
    if (Byte(bytes, i) != 0xFF || Byte(bytes, i + 1) == 0xFF) {
      ++i;
      continue;
    }
    const uint8_t marker = Byte(bytes, i + 1);
    if (marker == 0xD9) return true;
    i += 2;
    const bool has_segment = marker != 0x00 && marker != 0x01 && (marker < 0xD0 || marker > 0xD8);
    if (!has_segment) continue;
    if (i + 1 >= bytes.size()) return false;
    i += BigEndian(bytes, i, 2);
  }
  return false;
}

bool PngReachesEnd(const std::string& bytes) {
  size_t i = 8;
  while (i + 12 <= bytes.size()) {
    const uint64_t size = BigEndian(bytes, i, 4);
    if (bytes.compare(i + 4, 4, "IEND") == 0) return true;
    i += 12 + size;
  }
  return false;
}

}  // namespace

bool ReachesEnd(const std::string& bytes) {
  if (bytes.size() >= 2 && Byte(bytes, 0) == 0xFF && Byte(bytes, 1) == 0xD8) {
    return JpegReachesEnd(bytes);
  }
  if (bytes.compare(0, 8, kPngSignature) == 0) return PngReachesEnd(bytes);
  return true;
}

}  // namespace bcr
