#include "datasets/pedsynth/head.h"

#include <cmath>

#include "datasets/pedsynth/canvas.h"
#include "datasets/pedsynth/identity.h"
#include "datasets/pedsynth/skeleton.h"

namespace bcr::pedsynth {
namespace {

constexpr Rgb kEyes = {0.16F, 0.12F, 0.11F};

bool HasHat(const Identity& person) {
  return person.hair == Hair::kCap || person.hair == Hair::kBeanie;
}

// What covers the head at azimuth `a` (from the face) and height `v` (0 crown, 1 chin).
Rgb HeadColour(const Identity& person, float a, float v) {
  const float side = std::fabs(a);
  if (HasHat(person)) {
    const float edge = person.hair == Hair::kCap ? 0.36F : 0.42F;
    const bool rim = person.hair == Hair::kBeanie && v > edge - 0.13F;
    if (v < edge) return rim ? person.hat_colour * 0.75F : person.hat_colour;
  }
  if (person.hair != Hair::kBald) {
    const bool cropped = person.hair == Hair::kShort || HasHat(person);
    const float fringe = person.hair == Hair::kShort ? 0.24F : 0.30F;
    const float temple = HasHat(person) ? 1.2F : 0.95F;
    const float low = side > 1.9F ? 0.92F : cropped ? 0.66F : 0.95F;
    if (v < fringe || (side > temple && v < low)) return person.hair_colour;
  }
  if (side < 0.65F && side > 0.22F && v > 0.48F && v < 0.55F) return Mix(person.skin, kEyes, 0.55F);
  if (side < 0.3F && v > 0.76F && v < 0.82F) return person.skin * 0.72F;
  return person.skin;
}

void DrawBrim(Canvas& canvas, const Identity& person, const Skeleton& s, const Projection& p) {
  const Joint brow = {0, s.head_y + 0.42F * s.head_radius, 0.75F * s.head_radius};
  const Joint tip = {0, s.head_y + 0.34F * s.head_radius, 1.6F * s.head_radius};
  if (p.Depth(tip) < -0.6F * s.head_radius) return;
  const float r = p.Length(0.12F * s.head_radius);
  const Rgb colour = person.hat_colour * 0.7F;
  FillCapsule(canvas, p.At(brow), r * 1.8F, p.At(tip), r, [&](float, float) { return colour; });
}

}  // namespace

void DrawBackHair(Canvas& canvas, const Identity& person, const Skeleton& s, const Projection& p) {
  if (person.hair != Hair::kLong && person.hair != Hair::kBun) return;
  const Rgb colour = person.hair_colour;
  if (person.hair == Hair::kBun) {
    const Point c = p.At({0, s.head_y + 0.5F * s.head_radius, -s.head_radius});
    const float r = p.Length(0.52F * s.head_radius);
    FillEllipse(canvas, c, r, r, [&](float u, float) { return colour * p.Light(u); });
    return;
  }
  const Point top = p.At({0, s.head_y, -0.5F * s.head_radius});
  const Point tips = p.At({0, s.shoulder_y - 0.10F, -0.8F * s.chest_depth});
  const float r = p.Length(s.head_radius);
  const Knot knots[] = {{top.y, top.x, r * 1.0F}, {tips.y, tips.x, r * 0.85F}};
  FillProfile(canvas, knots, [&](float u, float) { return colour * (p.Light(u) * 0.95F); });
}

void DrawHead(Canvas& canvas, const Identity& person, const Skeleton& s, const Projection& p) {
  const Point neck = p.At({0, s.neck_y - 0.025F, 0}), chin = p.At({0, s.head_y, 0});
  const float thick = p.Length(0.031F * (0.6F + 0.4F * person.build));
  FillCapsule(canvas, neck, thick, chin, thick,
              [&](float u, float) { return person.skin * (p.Light(u) * 0.82F); });
  const Point centre = p.At({0, s.head_y, 0.012F});
  const float tall = p.Length(s.head_radius * 1.14F), wide = p.Length(s.head_radius * 0.86F);
  FillEllipse(canvas, centre, wide, tall,
              [&](float u, float v) { return HeadColour(person, p.Azimuth(u), v) * p.Light(u); });
  if (person.hair == Hair::kCap) DrawBrim(canvas, person, s, p);
}

}  // namespace bcr::pedsynth
