#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace bcr::pedsynth {

// A colour, each channel in [0, 1] before the camera is applied.
struct Rgb {
  float r = 0, g = 0, b = 0;
};
inline Rgb operator*(Rgb c, float k) { return {c.r * k, c.g * k, c.b * k}; }
inline Rgb operator*(Rgb c, Rgb k) { return {c.r * k.r, c.g * k.g, c.b * k.b}; }
inline Rgb operator+(Rgb a, Rgb b) { return {a.r + b.r, a.g + b.g, a.b + b.b}; }
inline Rgb Mix(Rgb a, Rgb b, float t) {
  return {a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t};
}
float Clamp01(float x);
Rgb FromHsv(double hue_degrees, double saturation, double value);

// A position in pixels; the centre of pixel (y, x) lies at (x + 0.5, y + 0.5).
struct Point {
  float x = 0, y = 0;
};

// A float RGB picture. The drawing functions below antialias by analytic coverage and depend on no
// imaging library, so that the same seed gives the same pixels under every version of one.
class Canvas {
 public:
  Canvas() = default;
  Canvas(int height, int width, Rgb fill = {});
  int height() const { return height_; }
  int width() const { return width_; }
  Rgb& at(int y, int x) { return pixels_[static_cast<size_t>(y) * width_ + x]; }
  const Rgb& at(int y, int x) const { return pixels_[static_cast<size_t>(y) * width_ + x]; }
  std::vector<Rgb>& pixels() { return pixels_; }
  void Blend(int y, int x, Rgb colour, float alpha) { at(y, x) = Mix(at(y, x), colour, alpha); }
  // Bilinear; positions outside repeat the border.
  Rgb Sample(float y, float x) const;

 private:
  int height_ = 0, width_ = 0;
  std::vector<Rgb> pixels_;
};

// Colour of a shape at u in [-1, 1] across it and v in [0, 1] along it.
using Shade = std::function<Rgb(float u, float v)>;

// One level of an upright shape: at height y it reaches from centre - half to centre + half.
struct Knot {
  float y, centre, half;
};
// An upright shape through `knots` (y ascending, at least two), smooth between them.
void FillProfile(Canvas& canvas, std::span<const Knot> knots, const Shade& shade);
// A limb: a segment from a to b, with round ends of radius ra and rb.
void FillCapsule(Canvas& canvas, Point a, float ra, Point b, float rb, const Shade& shade);
void FillEllipse(Canvas& canvas, Point centre, float rx, float ry, const Shade& shade,
                 float alpha = 1.0F);
void FillBox(Canvas& canvas, Point top_left, Point bottom_right, Rgb colour, float alpha = 1.0F);

// Smooth value noise in [0, 1] with features about one unit wide.
float ValueNoise(uint64_t seed, float x, float y);

}  // namespace bcr::pedsynth
