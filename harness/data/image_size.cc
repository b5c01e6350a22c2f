#include "harness/data/image_size.h"

#include <cstdlib>
#include <string_view>

namespace bcr {
namespace {

// Reads integers of a header; reads beyond the end give 0.
class Bytes {
 public:
  explicit Bytes(std::string_view text) : text_(text) {}
  size_t size() const { return text_.size(); }
  uint64_t At(size_t i) const { return i < text_.size() ? static_cast<uint8_t>(text_[i]) : 0; }
  uint64_t Big(size_t i, size_t count) const {
    uint64_t value = 0;
    for (size_t k = 0; k < count; ++k) value = value << 8 | At(i + k);
    return value;
  }
  uint64_t Little(size_t i, size_t count) const {
    uint64_t value = 0;
    for (size_t k = count; k-- > 0;) value = value << 8 | At(i + k);
    return value;
  }
  bool Has(size_t i, std::string_view word) const {
    return text_.size() >= i + word.size() && text_.substr(i, word.size()) == word;
  }

 private:
  std::string_view text_;
};

// The frame header (SOF0 to SOF15 without DHT, JPG and DAC) states the size. Between segments
// decoders pass over whatever is no marker, and so does this: a size that was overlooked would be
// no limit.
std::optional<ImageSize> OfJpeg(const Bytes& bytes) {
  size_t i = 2;
  while (i + 8 < bytes.size()) {
    const uint64_t marker = bytes.At(i + 1);
    if (bytes.At(i) != 0xFF || marker == 0xFF || marker == 0x00) {
      ++i;
      continue;
    }
    const bool frame =
        marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame) return ImageSize{bytes.Big(i + 7, 2), bytes.Big(i + 5, 2)};
    if (marker == 0xD9 || marker == 0xDA) return std::nullopt;
    const bool alone = marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
    i += alone ? 2 : 2 + bytes.Big(i + 2, 2);
  }
  return std::nullopt;
}

// The two kinds of WebP streams. The decoder also takes them without the container around them, with
// and without the name and length in front.
std::optional<ImageSize> OfLossyWebp(const Bytes& bytes, size_t i) {
  if ((bytes.At(i) & 1) != 0 || !bytes.Has(i + 3, "\x9d\x01\x2a") || bytes.size() < i + 10)
    return std::nullopt;
  return ImageSize{bytes.Little(i + 6, 2) & 0x3FFF, bytes.Little(i + 8, 2) & 0x3FFF};
}

std::optional<ImageSize> OfLosslessWebp(const Bytes& bytes, size_t i) {
  if (!bytes.Has(i, "/") || bytes.size() < i + 5) return std::nullopt;
  const uint64_t packed = bytes.Little(i + 1, 4);
  if (packed >> 29 != 0) return std::nullopt;  // the version
  return ImageSize{(packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1};
}

std::optional<ImageSize> OfWebpChunk(const Bytes& bytes, size_t i) {
  if (bytes.Has(i, "VP8L")) return OfLosslessWebp(bytes, i + 8);
  if (bytes.Has(i, "VP8 ")) return OfLossyWebp(bytes, i + 8);
  return std::nullopt;
}

std::optional<ImageSize> OfWebp(const Bytes& bytes) {
  if (bytes.Has(12, "VP8X") && bytes.size() >= 30)
    return ImageSize{bytes.Little(24, 3) + 1, bytes.Little(27, 3) + 1};
  return OfWebpChunk(bytes, 12);
}

std::optional<ImageSize> OfBareWebp(const Bytes& bytes) {
  if (const auto size = OfWebpChunk(bytes, 0)) return size;
  if (const auto size = OfLosslessWebp(bytes, 0)) return size;
  return OfLossyWebp(bytes, 0);
}

// The height is negative where rows run from the top. The shorter header of OS/2 has short sides.
ImageSize OfBmp(const Bytes& bytes) {
  if (bytes.Little(14, 4) == 12) return {bytes.Little(18, 2), bytes.Little(20, 2)};
  const auto side = [&](size_t i) {
    const auto value = static_cast<int32_t>(static_cast<uint32_t>(bytes.Little(i, 4)));
    return static_cast<uint64_t>(std::llabs(value));
  };
  return {side(18), side(22)};
}

}  // namespace

std::optional<ImageSize> StatedSize(const std::string& text) {
  const Bytes bytes(text);
  if (bytes.Has(0, "\x89PNG\r\n\x1a\n") && bytes.Has(12, "IHDR") && bytes.size() >= 24)
    return ImageSize{bytes.Big(16, 4), bytes.Big(20, 4)};
  if (bytes.Has(0, "\xFF\xD8")) return OfJpeg(bytes);
  if (bytes.Has(0, "RIFF") && bytes.Has(8, "WEBP")) return OfWebp(bytes);
  if (bytes.Has(0, "BM") && bytes.size() >= 26) return OfBmp(bytes);
  return OfBareWebp(bytes);
}

}  // namespace bcr
