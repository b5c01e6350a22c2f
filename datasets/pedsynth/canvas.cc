#include "datasets/pedsynth/canvas.h"

#include <algorithm>
#include <cmath>

namespace bcr::pedsynth {
namespace {

struct PixelRange {
  int first, last;  // inclusive; empty when last < first
};

PixelRange Range(float low, float high, int size) {
  const float limit = static_cast<float>(size);
  const int first = static_cast<int>(std::floor(std::clamp(low - 1.0F, 0.0F, limit)));
  const int last = static_cast<int>(std::ceil(std::clamp(high + 1.0F, 0.0F, limit)));
  return {first, std::min(last, size - 1)};
}

float Smooth(float t) { return t * t * (3.0F - 2.0F * t); }

uint64_t Scramble(uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  return x ^ (x >> 33);
}

float Lattice(uint64_t seed, int64_t x, int64_t y) {
  const uint64_t cell = (static_cast<uint64_t>(x) << 32) ^ (static_cast<uint64_t>(y) & 0xffffffffU);
  return static_cast<float>(Scramble(seed ^ Scramble(cell)) >> 40) * 0x1p-24F;
}

}  // namespace

float Clamp01(float x) { return std::min(1.0F, std::max(0.0F, x)); }

Rgb FromHsv(double hue_degrees, double saturation, double value) {
  const double s = std::clamp(saturation, 0.0, 1.0);
  const double v = std::clamp(value, 0.0, 1.0);
  const auto channel = [&](double n) {
    const double k = std::fmod(n + hue_degrees / 60.0 + 12.0, 6.0);
    return static_cast<float>(v - v * s * std::max(0.0, std::min({k, 4.0 - k, 1.0})));
  };
  return {channel(5), channel(3), channel(1)};
}

Canvas::Canvas(int height, int width, Rgb fill)
    : height_(height), width_(width), pixels_(static_cast<size_t>(height) * width, fill) {}

Rgb Canvas::Sample(float y, float x) const {
  const float yy = std::clamp(y - 0.5F, 0.0F, static_cast<float>(height_ - 1));
  const float xx = std::clamp(x - 0.5F, 0.0F, static_cast<float>(width_ - 1));
  const int y0 = static_cast<int>(yy), x0 = static_cast<int>(xx);
  const int y1 = std::min(y0 + 1, height_ - 1), x1 = std::min(x0 + 1, width_ - 1);
  const float fy = yy - static_cast<float>(y0), fx = xx - static_cast<float>(x0);
  return Mix(Mix(at(y0, x0), at(y0, x1), fx), Mix(at(y1, x0), at(y1, x1), fx), fy);
}

void FillProfile(Canvas& canvas, std::span<const Knot> knots, const Shade& shade) {
  const float top = knots.front().y, bottom = knots.back().y;
  const PixelRange rows = Range(top, bottom, canvas.height());
  size_t k = 0;
  for (int y = rows.first; y <= rows.last; ++y) {
    const float py = static_cast<float>(y) + 0.5F;
    while (k + 2 < knots.size() && py > knots[k + 1].y) ++k;
    const float step = std::max(1e-3F, knots[k + 1].y - knots[k].y);
    const float t = Smooth(Clamp01((py - knots[k].y) / step));
    const float centre = knots[k].centre + (knots[k + 1].centre - knots[k].centre) * t;
    const float half = knots[k].half + (knots[k + 1].half - knots[k].half) * t;
    const float rows_covered = Clamp01(py - top + 0.5F) * Clamp01(bottom - py + 0.5F);
    const float v = Clamp01((py - top) / std::max(1e-3F, bottom - top));
    const PixelRange columns = Range(centre - half, centre + half, canvas.width());
    for (int x = columns.first; x <= columns.last; ++x) {
      const float dx = static_cast<float>(x) + 0.5F - centre;
      const float cover = Clamp01(half - std::fabs(dx) + 0.5F) * rows_covered;
      if (cover <= 0) continue;
      const float u = std::clamp(dx / std::max(half, 0.5F), -1.0F, 1.0F);
      canvas.Blend(y, x, shade(u, v), cover);
    }
  }
}

void FillCapsule(Canvas& canvas, Point a, float ra, Point b, float rb, const Shade& shade) {
  const float reach = std::max(ra, rb);
  const PixelRange rows =
      Range(std::min(a.y, b.y) - reach, std::max(a.y, b.y) + reach, canvas.height());
  const PixelRange columns =
      Range(std::min(a.x, b.x) - reach, std::max(a.x, b.x) + reach, canvas.width());
  const float abx = b.x - a.x, aby = b.y - a.y;
  const float length2 = std::max(1e-6F, abx * abx + aby * aby);
  const float length = std::sqrt(length2);
  for (int y = rows.first; y <= rows.last; ++y) {
    for (int x = columns.first; x <= columns.last; ++x) {
      const float px = static_cast<float>(x) + 0.5F - a.x, py = static_cast<float>(y) + 0.5F - a.y;
      const float t = Clamp01((px * abx + py * aby) / length2);
      const float dx = px - t * abx, dy = py - t * aby;
      const float radius = ra + (rb - ra) * t;
      const float cover = Clamp01(radius - std::sqrt(dx * dx + dy * dy) + 0.5F);
      if (cover <= 0) continue;
      const float across = (px * aby - py * abx) / length;
      canvas.Blend(y, x, shade(std::clamp(across / std::max(radius, 0.5F), -1.0F, 1.0F), t), cover);
    }
  }
}

void FillEllipse(Canvas& canvas, Point centre, float rx, float ry, const Shade& shade,
                 float alpha) {
  const PixelRange rows = Range(centre.y - ry, centre.y + ry, canvas.height());
  const PixelRange columns = Range(centre.x - rx, centre.x + rx, canvas.width());
  for (int y = rows.first; y <= rows.last; ++y) {
    for (int x = columns.first; x <= columns.last; ++x) {
      const float u = (static_cast<float>(x) + 0.5F - centre.x) / std::max(rx, 0.5F);
      const float v = (static_cast<float>(y) + 0.5F - centre.y) / std::max(ry, 0.5F);
      const float cover = Clamp01((1.0F - std::sqrt(u * u + v * v)) * std::min(rx, ry) + 0.5F);
      if (cover <= 0) continue;
      const Rgb colour = shade(std::clamp(u, -1.0F, 1.0F), Clamp01(0.5F + 0.5F * v));
      canvas.Blend(y, x, colour, cover * alpha);
    }
  }
}

void FillBox(Canvas& canvas, Point top_left, Point bottom_right, Rgb colour, float alpha) {
  const float half = 0.5F * (bottom_right.x - top_left.x);
  const float centre = 0.5F * (top_left.x + bottom_right.x);
  const PixelRange rows = Range(top_left.y, bottom_right.y, canvas.height());
  const PixelRange columns = Range(top_left.x, bottom_right.x, canvas.width());
  for (int y = rows.first; y <= rows.last; ++y) {
    const float py = static_cast<float>(y) + 0.5F;
    const float down = Clamp01(py - top_left.y + 0.5F) * Clamp01(bottom_right.y - py + 0.5F);
    for (int x = columns.first; x <= columns.last; ++x) {
      const float dx = std::fabs(static_cast<float>(x) + 0.5F - centre);
      canvas.Blend(y, x, colour, Clamp01(half - dx + 0.5F) * down * alpha);
    }
  }
}

float ValueNoise(uint64_t seed, float x, float y) {
  const float x0 = std::floor(x), y0 = std::floor(y);
  const float fx = Smooth(x - x0), fy = Smooth(y - y0);
  const auto ix = static_cast<int64_t>(x0), iy = static_cast<int64_t>(y0);
  const float top = Lattice(seed, ix, iy) * (1 - fx) + Lattice(seed, ix + 1, iy) * fx;
  const float low = Lattice(seed, ix, iy + 1) * (1 - fx) + Lattice(seed, ix + 1, iy + 1) * fx;
  return top * (1 - fy) + low * fy;
}

}  // namespace bcr::pedsynth
