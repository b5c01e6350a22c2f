#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace bcr {

struct ImageSize {
  uint64_t width = 0, height = 0;
  uint64_t pixels() const { return width * height; }
};

// The size that the header of an encoded JPEG, PNG, BMP or WebP states, before anything is decoded:
// a small file can state a size that takes gigabytes. Nothing for other formats and for headers
// that are damaged.
std::optional<ImageSize> StatedSize(const std::string& bytes);

}  // namespace bcr
