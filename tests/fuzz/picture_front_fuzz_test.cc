// What is read of pictures before a decoder sees them: the size that they state, and their ends.
#include <gtest/gtest.h>

#include <string_view>

#include "harness/data/image_ends.h"
#include "harness/data/image_size.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/seals.h"

namespace bcr::fuzz {
namespace {

std::string BigEndian(uint64_t value, int count) {
  std::string bytes;
  while (count-- > 0) bytes += static_cast<char>(value >> (8 * count) & 0xFF);
  return bytes;
}

// The shortest front of a JPEG or PNG that states this size.
std::string FrontOf(bool png, const ImageSize& size) {
  return png ? "\x89PNG\r\n\x1a\n" + BigEndian(13, 4) + "IHDR" + BigEndian(size.width, 4) +
                   BigEndian(size.height, 4)
             : "\xFF\xD8\xFF\xC0" + BigEndian(17, 2) + "\x08" + BigEndian(size.height, 2) +
                   BigEndian(size.width, 2) + "\x03";
}

void CheckSize(const std::string& bytes, const ImageSize& size) {
  const auto is = [&](std::string_view front) { return bytes.starts_with(front); };
  const bool png = is("\x89PNG"), jpeg = is("\xFF\xD8");
  const uint64_t most = jpeg ? 0xFFFF : is("RIFF") ? 1 << 24 : is("BM") ? 1U << 31 : 0xFFFFFFFF;
  Require(size.width <= most && size.height <= most, "sides that the format has room for");
  const auto longer = StatedSize(bytes + "x");
  Require(longer && longer->width == size.width && longer->height == size.height,
          "bytes behind a whole front change nothing");
  if (!png && !jpeg) return;
  const auto again = StatedSize(FrontOf(png, size));
  Require(again && again->width == size.width && again->height == size.height,
          "reads back what is written");
}

TEST(Fuzz, PictureFronts) {
  RunTarget({.name = "picture-front",
             .share = 0.10,
             .words = {"\xFF\xD8", "\xFF\xC0", "\xFF\xDA", "\xFF\xD9", "\xFF\xE0",
                       std::string("\xFF\0", 2), "IHDR", "IEND", "\x89PNG\r\n\x1a\n", "VP8 ",
                       "VP8L", "VP8X", "BM", std::string("\0\x08", 2)},
             .read = [](const std::string& bytes) {
               const bool ends = ReachesEnd(bytes);
               Require(!ends || ReachesEnd(bytes + "x"), "bytes after the end are allowed");
               const auto size = StatedSize(bytes);
               if (size) CheckSize(bytes, *size);
               if (!size || !ends) Refuse();
             }});
}

}  // namespace
}  // namespace bcr::fuzz
