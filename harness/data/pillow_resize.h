#pragma once

#include <cstdint>

namespace bcr {

struct DecodedImage;

enum class PillowFilter { kBilinear, kBicubic };

// Resizes as Pillow's Image.resize does, to the same bytes (H x W x 3 into `out`): each side by a filter
// that is as much wider as the side shrinks, the width before the height, in fixed point of 22 bits, rounded
// to 8 bits after each side (Pillow's Resample.c; versions 9.5 to 12.0 were compared). PyTorch code for
// re-identification reads its images so, and OpenCV has nothing equal. Version 13.0 resizes the height first
// where that is less work, and then differs by some grey levels. Private to harness/data.
void ResizeAsPillow(const DecodedImage& image, PillowFilter filter, int height, int width,
                    uint8_t* out);

}  // namespace bcr
