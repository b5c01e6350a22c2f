#pragma once

namespace bcr {

// ImageNet statistics of RGB in [0, 1], by which networks' images are normalised.
inline constexpr float kImageNetMean[3] = {0.485F, 0.456F, 0.406F};
inline constexpr float kImageNetDeviation[3] = {0.229F, 0.224F, 0.225F};

// A value of 0 to 255 as a network sees it, and back. `channel`: 0 red, 1 green, 2 blue.
inline float NormalizedValue(float value, int channel) {
  return value * (1.0F / (255.0F * kImageNetDeviation[channel])) -
         kImageNetMean[channel] / kImageNetDeviation[channel];
}
inline float PlainValue(float normalised, int channel) {
  return 255.0F * (normalised * kImageNetDeviation[channel] + kImageNetMean[channel]);
}

// Luma of ITU-R BT.601, in the unit of the three values.
inline float Luma(float red, float green, float blue) {
  return 0.299F * red + 0.587F * green + 0.114F * blue;
}

}  // namespace bcr
