#include "harness/data/augment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/data/pixel.h"
#include "harness/data/training_image.h"

namespace bcr {
namespace {

constexpr int kEraseTries = 100;

// Each part draws from a stream of its own: turning one off leaves the others as they were.
enum Stream : uint64_t { kFlip, kCrop, kJitter, kErase };

using Table = std::array<std::array<float, 256>, 3>;

const Table& NormalizeTable() {
  static const Table table = [] {
    Table t;
    for (int c = 0; c < 3; ++c) {
      for (int v = 0; v < 256; ++v) t[c][v] = NormalizedValue(static_cast<float>(v), c);
    }
    return t;
  }();
  return table;
}

// A view of the image mirrored (or not) and moved: output (y, x) reads (y + dy, x + dx) of the
// mirrored image; outside lies black padding.
struct Window {
  bool flip = false;
  int dy = 0, dx = 0;
};

// Writes one row of three planes from `first` to `last`, where the window lies inside the image.
void NormalizeSpan(const uint8_t* source, int step, int count, float* red, float* green,
                   float* blue) {
  const Table& table = NormalizeTable();
  for (int x = 0; x < count; ++x) {
    const uint8_t* pixel = source + static_cast<ptrdiff_t>(x) * step;
    red[x] = table[0][pixel[0]];
    green[x] = table[1][pixel[1]];
    blue[x] = table[2][pixel[2]];
  }
}

void WriteWindow(const uint8_t* rgb, int height, int width, const Window& window, float* out) {
  const size_t plane = static_cast<size_t>(height) * width;
  const Table& table = NormalizeTable();
  const int first = std::clamp(-window.dx, 0, width);
  const int last = std::clamp(width - window.dx, first, width);
  for (int y = 0; y < height; ++y) {
    float* row = out + static_cast<size_t>(y) * width;
    const int sy = y + window.dy;
    const bool inside = sy >= 0 && sy < height;
    const int from = inside ? first : width;
    const int to = inside ? last : width;
    for (int c = 0; c < 3; ++c) {
      std::fill(row + c * plane, row + c * plane + from, table[c][0]);
      std::fill(row + c * plane + to, row + c * plane + width, table[c][0]);
    }
    if (from >= to) continue;
    const int mirrored = window.flip ? width - 1 - (from + window.dx) : from + window.dx;
    const uint8_t* source = rgb + (static_cast<size_t>(sy) * width + mirrored) * 3;
    NormalizeSpan(source, window.flip ? -3 : 3, to - from, row + from, row + plane + from,
                  row + 2 * plane + from);
  }
}

// The same for an image that is normalised already: it moves within its planes.
void MoveWindow(int height, int width, const Window& window, float* planes) {
  const size_t plane = static_cast<size_t>(height) * width;
  const std::vector<float> source(planes, planes + 3 * plane);
  for (int c = 0; c < 3; ++c) {
    const float black = NormalizeTable()[static_cast<size_t>(c)][0];
    for (int y = 0; y < height; ++y) {
      float* row = planes + c * plane + static_cast<size_t>(y) * width;
      const int sy = y + window.dy;
      for (int x = 0; x < width; ++x) {
        const int sx = x + window.dx;
        const bool inside = sy >= 0 && sy < height && sx >= 0 && sx < width;
        const int column = window.flip ? width - 1 - sx : sx;
        row[x] = inside ? source[c * plane + static_cast<size_t>(sy) * width + column] : black;
      }
    }
  }
}

float Clamp255(float value) { return std::min(std::max(value, 0.0F), 255.0F); }

// Brightness, contrast and saturation in this order, as blends with black, the image's mean grey
// and each pixel's grey (the definitions of torchvision's ColorJitter). Works on normalised planes
// in place.
void Jitter(float* out, size_t plane, double strength, Random& random) {
  const auto factor = [&] {
    return static_cast<float>(random.Uniform(1.0 - strength, 1.0 + strength));
  };
  const float brightness = factor(), contrast = factor(), saturation = factor();
  double grey_sum = 0;
  for (size_t i = 0; i < plane; ++i) {
    float value[3];
    for (int c = 0; c < 3; ++c) {
      const float scale = 255.0F * brightness;
      value[c] =
          Clamp255(out[c * plane + i] * (kImageNetDeviation[c] * scale) + kImageNetMean[c] * scale);
      out[c * plane + i] = value[c];
    }
    grey_sum += Luma(value[0], value[1], value[2]);
  }
  const float mean = static_cast<float>(grey_sum / static_cast<double>(plane));
  for (size_t i = 0; i < plane; ++i) {
    float value[3];
    for (int c = 0; c < 3; ++c) value[c] = Clamp255(mean + contrast * (out[c * plane + i] - mean));
    const float grey = Luma(value[0], value[1], value[2]);
    for (int c = 0; c < 3; ++c) {
      out[c * plane + i] = NormalizedValue(Clamp255(grey + saturation * (value[c] - grey)), c);
    }
  }
}

// Random erasing as in the official code and the BoT recipe: the fill is the ImageNet mean although
// the image is normalised by then, so the patch lies 0.4 to 0.5 deviations above the mean.
void Erase(float* out, int height, int width, const AugmentOptions& options, Random& random) {
  const double pixels = static_cast<double>(height) * width;
  for (int attempt = 0; attempt < kEraseTries; ++attempt) {
    const double area = pixels * random.Uniform(options.erase_area_low, options.erase_area_high);
    const double aspect = random.Uniform(options.erase_aspect, 1.0 / options.erase_aspect);
    const int h = static_cast<int>(std::nearbyint(std::sqrt(area * aspect)));
    const int w = static_cast<int>(std::nearbyint(std::sqrt(area / aspect)));
    if (h >= height || w >= width) continue;
    const size_t top = random.Below(static_cast<uint64_t>(height - h + 1));
    const size_t left = random.Below(static_cast<uint64_t>(width - w + 1));
    for (int c = 0; c < 3; ++c) {
      for (int y = 0; y < h; ++y) {
        float* row = out + (static_cast<size_t>(c) * height + top + y) * width + left;
        std::fill(row, row + w, kImageNetMean[c]);
      }
    }
    return;
  }
}

Window DrawWindow(const AugmentOptions& options, uint64_t seed) {
  Window window;
  window.flip = Random(DeriveSeed(seed, kFlip)).Chance(options.flip);
  if (options.pad > 0) {
    Random crop(DeriveSeed(seed, kCrop));
    const uint64_t offsets = 2 * static_cast<uint64_t>(options.pad) + 1;
    window.dy = static_cast<int>(crop.Below(offsets)) - options.pad;
    window.dx = static_cast<int>(crop.Below(offsets)) - options.pad;
  }
  return window;
}

}  // namespace

void AugmentImage(const AugmentOptions& options, uint64_t seed, TrainingImage& image) {
  const Window window = DrawWindow(options, seed);
  const int height = image.height(), width = image.width();
  float* out;
  if (const uint8_t* rgb = image.untouched()) {
    out = image.Overwrite();
    WriteWindow(rgb, height, width, window, out);
  } else {
    out = image.planes();
    MoveWindow(height, width, window, out);
  }
  Random jitter(DeriveSeed(seed, kJitter));
  if (jitter.Chance(options.jitter)) {
    Jitter(out, static_cast<size_t>(height) * width, options.jitter_strength, jitter);
  }
  Random erase(DeriveSeed(seed, kErase));
  if (erase.Chance(options.erase)) Erase(out, height, width, options, erase);
}

void AugmentImage(const uint8_t* rgb, int height, int width, const AugmentOptions& options,
                  uint64_t seed, float* out) {
  TrainingImage image(rgb, height, width, out);
  AugmentImage(options, seed, image);
}

void CheckAugmentOptions(const AugmentOptions& options, const std::string& where) {
  const auto probability = [](double p) { return p >= 0.0 && p <= 1.0; };
  const bool good =
      probability(options.flip) && probability(options.jitter) && probability(options.erase) &&
      options.pad >= 0 && options.pad <= 4096 && probability(options.jitter_strength) &&
      options.erase_area_low >= 0.0 && options.erase_area_low <= options.erase_area_high &&
      options.erase_area_high <= 1.0 && options.erase_aspect > 0.0 && options.erase_aspect <= 1.0;
  if (good) return;
  throw Error(
      ErrorCode::kConfig,
      {where, "a value outside its range",
       "probabilities, areas and strength in [0, 1], low <= high, pad >= 0, aspect in (0, 1]", ""});
}

void NormalizeImage(const uint8_t* rgb, int height, int width, bool flip, float* out) {
  WriteWindow(rgb, height, width, {flip, 0, 0}, out);
}

}  // namespace bcr
