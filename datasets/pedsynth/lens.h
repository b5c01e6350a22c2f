#pragma once

#include <cstdint>
#include <vector>

namespace bcr {
class Random;
}

namespace bcr::pedsynth {

class Canvas;

// Shrinks to `share` of the pixels in each direction (area average) and enlarges again (bilinear).
void Coarsen(Canvas& canvas, float share);
// Gaussian blur of `deviation` pixels; the border repeats. Nothing below 0.2.
void Blur(Canvas& canvas, float deviation);
// Adds sensor noise of the given deviation and rounds to bytes, H x W x 3.
std::vector<uint8_t> Quantise(const Canvas& canvas, float noise, Random& random);

}  // namespace bcr::pedsynth
