#include "harness/data/pillow_resize.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/data/image_store.h"

namespace bcr {
namespace {

constexpr int kBits =
    22;  // of the fraction: products of 8 bits, with sums of a few of them, fit in 32

double Triangle(double x) { return std::max(0.0, 1 - std::abs(x)); }

double Cubic(double x) {
  constexpr double kA = -0.5;
  x = std::abs(x);
  if (x < 1) return ((kA + 2) * x - (kA + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * kA;
  return 0;
}

// What one pixel of the result is made of: weights of the pixels from `begin` on.
struct Window {
  int begin = 0;
  std::vector<int32_t> weights;
};

std::vector<Window> WindowsOf(int from, int to, PillowFilter filter) {
  const bool cubic = filter == PillowFilter::kBicubic;
  const double scale = static_cast<double>(from) / to;
  const double stretch = std::max(scale, 1.0);
  const double support = (cubic ? 2 : 1) * stretch;
  std::vector<Window> windows(static_cast<size_t>(to));
  for (int i = 0; i < to; ++i) {
    const double centre = (i + 0.5) * scale;
    const int begin = std::max(0, static_cast<int>(centre - support + 0.5));
    const int end = std::min(from, static_cast<int>(centre + support + 0.5));
    std::vector<double> weights;
    double sum = 0;
    for (int x = begin; x < end; ++x) {
      const double at = (x - centre + 0.5) / stretch;
      weights.push_back(cubic ? Cubic(at) : Triangle(at));
      sum += weights.back();
    }
    Window& window = windows[static_cast<size_t>(i)];
    window.begin = begin;
    for (const double weight : weights) {
      const double whole = (sum != 0 ? weight / sum : weight) * (1 << kBits);
      window.weights.push_back(static_cast<int32_t>(whole < 0 ? whole - 0.5 : whole + 0.5));
    }
  }
  return windows;
}

// The weighted sum of pixels that lie `step` bytes apart.
uint8_t Apply(const Window& window, const uint8_t* first, size_t step) {
  int32_t sum = 1 << (kBits - 1);
  const uint8_t* pixel = first + static_cast<size_t>(window.begin) * step;
  for (const int32_t weight : window.weights) {
    sum += *pixel * weight;
    pixel += step;
  }
  return static_cast<uint8_t>(std::clamp(sum >> kBits, 0, 255));
}

}  // namespace

void ResizeAsPillow(const DecodedImage& image, PillowFilter filter, int height, int width,
                    uint8_t* out) {
  const auto from_row = static_cast<size_t>(image.width) * 3,
             to_row = static_cast<size_t>(width) * 3;
  std::vector<uint8_t> columns;
  const uint8_t* source = image.rgb.data();
  if (width != image.width) {
    columns.resize(static_cast<size_t>(image.height) * to_row);
    const std::vector<Window> windows = WindowsOf(image.width, width, filter);
    for (size_t y = 0; y < static_cast<size_t>(image.height); ++y) {
      for (size_t x = 0; x < to_row; ++x)
        columns[y * to_row + x] = Apply(windows[x / 3], source + y * from_row + x % 3, 3);
    }
    source = columns.data();
  }
  if (height == image.height) {
    std::copy_n(source, static_cast<size_t>(height) * to_row, out);
    return;
  }
  const std::vector<Window> windows = WindowsOf(image.height, height, filter);
  for (size_t y = 0; y < static_cast<size_t>(height); ++y) {
    for (size_t x = 0; x < to_row; ++x) out[y * to_row + x] = Apply(windows[y], source + x, to_row);
  }
}

}  // namespace bcr
