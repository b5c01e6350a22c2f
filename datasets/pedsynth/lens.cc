#include "datasets/pedsynth/lens.h"

#include <algorithm>
#include <cmath>

#include "datasets/pedsynth/canvas.h"
#include "harness/core/random.h"

namespace bcr::pedsynth {
namespace {

// Area average of columns [from, to) of row y.
Rgb RowMean(const Canvas& canvas, int y, float from, float to) {
  Rgb sum;
  for (int x = static_cast<int>(from); x < canvas.width() && static_cast<float>(x) < to; ++x) {
    const float part =
        std::min(to, static_cast<float>(x + 1)) - std::max(from, static_cast<float>(x));
    sum = sum + canvas.at(y, x) * part;
  }
  return sum * (1.0F / (to - from));
}

Canvas Transposed(const Canvas& canvas) {
  Canvas out(canvas.width(), canvas.height());
  for (int y = 0; y < canvas.height(); ++y) {
    for (int x = 0; x < canvas.width(); ++x) out.at(x, y) = canvas.at(y, x);
  }
  return out;
}

// Shrinks the width, then swaps the axes: twice gives the shrunken picture.
Canvas ShrinkAndTurn(const Canvas& canvas, int width) {
  Canvas out(width, canvas.height());
  const float step = static_cast<float>(canvas.width()) / static_cast<float>(width);
  for (int y = 0; y < canvas.height(); ++y) {
    for (int x = 0; x < width; ++x) {
      const float from = static_cast<float>(x) * step;
      out.at(x, y) = RowMean(canvas, y, from, from + step);
    }
  }
  return out;
}

void BlurRows(Canvas& canvas, const std::vector<float>& kernel) {
  const int reach = static_cast<int>(kernel.size()) - 1, width = canvas.width();
  std::vector<Rgb> row(static_cast<size_t>(width));
  for (int y = 0; y < canvas.height(); ++y) {
    for (int x = 0; x < width; ++x) row[static_cast<size_t>(x)] = canvas.at(y, x);
    for (int x = 0; x < width; ++x) {
      Rgb sum = row[static_cast<size_t>(x)] * kernel[0];
      for (int k = 1; k <= reach; ++k) {
        const auto left = static_cast<size_t>(std::max(0, x - k));
        const auto right = static_cast<size_t>(std::min(width - 1, x + k));
        sum = sum + (row[left] + row[right]) * kernel[static_cast<size_t>(k)];
      }
      canvas.at(y, x) = sum;
    }
  }
}

// Eight 8-bit uniforms added up: mean 0, deviation 1, kurtosis 2.85, from a single draw.
float CheapNormal(Random& random) {
  const uint64_t bits = random.Next();
  int sum = 0;
  for (int shift = 0; shift < 64; shift += 8) sum += static_cast<int>((bits >> shift) & 0xff);
  return (static_cast<float>(sum) - 1020.0F) * (1.0F / 209.0F);
}

}  // namespace

void Coarsen(Canvas& canvas, float share) {
  const int height = std::max(4, static_cast<int>(static_cast<float>(canvas.height()) * share));
  const int width = std::max(2, static_cast<int>(static_cast<float>(canvas.width()) * share));
  if (height >= canvas.height() || width >= canvas.width()) return;
  const Canvas small = ShrinkAndTurn(ShrinkAndTurn(canvas, width), height);
  const float down = static_cast<float>(height) / static_cast<float>(canvas.height());
  const float across = static_cast<float>(width) / static_cast<float>(canvas.width());
  for (int y = 0; y < canvas.height(); ++y) {
    for (int x = 0; x < canvas.width(); ++x) {
      canvas.at(y, x) = small.Sample((static_cast<float>(y) + 0.5F) * down,
                                     (static_cast<float>(x) + 0.5F) * across);
    }
  }
}

void Blur(Canvas& canvas, float deviation) {
  if (deviation < 0.2F) return;
  const int reach = static_cast<int>(std::ceil(2.5F * deviation));
  std::vector<float> kernel(static_cast<size_t>(reach) + 1);
  float sum = 0;
  for (int k = 0; k <= reach; ++k) {
    const float x = static_cast<float>(k) / deviation;
    kernel[static_cast<size_t>(k)] = std::exp(-0.5F * x * x);
    sum += (k == 0 ? 1.0F : 2.0F) * kernel[static_cast<size_t>(k)];
  }
  for (float& weight : kernel) weight /= sum;
  BlurRows(canvas, kernel);
  Canvas turned = Transposed(canvas);
  BlurRows(turned, kernel);
  canvas = Transposed(turned);
}

std::vector<uint8_t> Quantise(const Canvas& canvas, float noise, Random& random) {
  std::vector<uint8_t> bytes;
  bytes.reserve(static_cast<size_t>(canvas.height()) * canvas.width() * 3);
  for (int y = 0; y < canvas.height(); ++y) {
    for (int x = 0; x < canvas.width(); ++x) {
      const Rgb& c = canvas.at(y, x);
      const float grey = 0.7F * noise * CheapNormal(random);
      for (float value : {c.r, c.g, c.b}) {
        const float noisy = Clamp01(value + grey + 0.7F * noise * CheapNormal(random));
        bytes.push_back(static_cast<uint8_t>(noisy * 255.0F + 0.5F));
      }
    }
  }
  return bytes;
}

}  // namespace bcr::pedsynth
