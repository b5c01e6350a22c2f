#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bcr::pedsynth {

inline constexpr int kColourStripes = 6;
inline constexpr int kHueBins = 8, kSaturationBins = 4, kValueBins = 4;
inline constexpr size_t kColourDim =
    static_cast<size_t>(kColourStripes) * kHueBins * kSaturationBins * kValueBins;

// Deviation of the column weights, as a share of the width.
inline constexpr float kCentreDeviation = 0.15F;

// What colour alone can do: one joint HSV histogram for each of six horizontal stripes, columns
// weighted by a Gaussian around the middle, each stripe divided by its sum, square roots taken (dot
// products are then Bhattacharyya coefficients), the whole row of unit Euclidean length. `rgb` is H
// x W x 3 bytes, row-major; kColourDim values come back. A stripe without pixels (height below six)
// is zero. Histograms in horizontal stripes are the classical descriptor of re-identification: Gray
// and Tao, ECCV 2008.
std::vector<float> ColourFeature(const uint8_t* rgb, int height, int width);

}  // namespace bcr::pedsynth
