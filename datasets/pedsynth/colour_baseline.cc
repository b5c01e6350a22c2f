#include "datasets/pedsynth/colour_baseline.h"

#include <algorithm>
#include <cmath>

namespace bcr::pedsynth {
namespace {

constexpr size_t kStripeDim = kColourDim / kColourStripes;

int Bin(float x, int bins) {
  return std::min(bins - 1, static_cast<int>(x * static_cast<float>(bins)));
}

// People stand in the middle of their boxes: a Gaussian across the picture keeps the street out.
float CentreWeight(int x, int width) {
  const float offset = (static_cast<float>(x) + 0.5F) / static_cast<float>(width) - 0.5F;
  return std::exp(-0.5F * (offset / kCentreDeviation) * (offset / kCentreDeviation));
}

size_t ColourBin(const uint8_t* pixel) {
  const float r = pixel[0] / 255.0F, g = pixel[1] / 255.0F, b = pixel[2] / 255.0F;
  const float high = std::max({r, g, b}), spread = high - std::min({r, g, b});
  float hue = 0;  // in sixths of the circle
  if (spread > 0) {
    if (high == r) {
      hue = (g - b) / spread;
    } else if (high == g) {
      hue = 2 + (b - r) / spread;
    } else {
      hue = 4 + (r - g) / spread;
    }
    if (hue < 0) hue += 6;
  }
  const float saturation = high > 0 ? spread / high : 0;
  const int h = Bin(hue / 6, kHueBins), s = Bin(saturation, kSaturationBins);
  return static_cast<size_t>((h * kSaturationBins + s) * kValueBins + Bin(high, kValueBins));
}

}  // namespace

std::vector<float> ColourFeature(const uint8_t* rgb, int height, int width) {
  std::vector<float> feature(kColourDim, 0.0F);
  for (int y = 0; y < height; ++y) {
    float* stripe = feature.data() + static_cast<size_t>(y * kColourStripes / height) * kStripeDim;
    for (int x = 0; x < width; ++x) {
      stripe[ColourBin(rgb + (static_cast<size_t>(y) * width + x) * 3)] += CentreWeight(x, width);
    }
  }
  // Roots of shares that add up to one per stripe: the row's squared length is the stripe count.
  int filled = 0;
  for (int k = 0; k < kColourStripes; ++k) {
    float* stripe = feature.data() + static_cast<size_t>(k) * kStripeDim;
    float sum = 0;
    for (size_t i = 0; i < kStripeDim; ++i) sum += stripe[i];
    if (sum <= 0) continue;
    ++filled;
    for (size_t i = 0; i < kStripeDim; ++i) stripe[i] = std::sqrt(stripe[i] / sum);
  }
  const float length = std::sqrt(static_cast<float>(std::max(1, filled)));
  for (float& value : feature) value /= length;
  return feature;
}

}  // namespace bcr::pedsynth
