#include "datasets/pedsynth/figure.h"

#include <algorithm>
#include <cmath>

#include "datasets/pedsynth/bag.h"
#include "datasets/pedsynth/head.h"
#include "datasets/pedsynth/identity.h"
#include "datasets/pedsynth/skeleton.h"

namespace bcr::pedsynth {
namespace {

// The figure being drawn: what every part below needs.
struct Figure {
  Canvas& canvas;
  const Identity& person;
  const Skeleton& s;
  const Projection& p;
};

bool SeenFromFront(const Figure& f) { return std::cos(f.p.view()) > 0; }

// The colour of the legs' cloth, or skin, `down` below the hip.
Rgb LegColour(const Figure& f, int side, float u, float down) {
  const Identity& who = f.person;
  const float leg = f.s.hip_y;
  if (down > leg - who.boots) return who.shoes;
  const bool bare = who.bottom != Bottom::kTrousers &&
                    down > (who.bottom == Bottom::kShorts ? who.lower_length : 0.0F);
  if (bare) return who.skin;
  const float azimuth = f.p.Azimuth(u);
  const float outside = side == 0 ? -1.571F : 1.571F;
  if (who.side_stripe && std::fabs(azimuth - outside) < 0.45F) return who.lower.second;
  return who.lower.At(azimuth, down, leg);
}

void DrawLeg(const Figure& f, int side) {
  const Identity& who = f.person;
  const float wide = who.bottom == Bottom::kTrousers ? who.lower_width : 1.0F;
  const float build = std::sqrt(who.build);
  const float thigh = f.s.hip_y * 0.52F, calf = f.s.hip_y * 0.44F;
  const float dim = f.p.Depth(f.s.knee[side]) < f.p.Depth(f.s.knee[1 - side]) ? 0.86F : 1.0F;
  const Point hip = f.p.At(f.s.hip[side]), knee = f.p.At(f.s.knee[side]);
  const Point ankle = f.p.At(f.s.ankle[side]), toe = f.p.At(f.s.toe[side]);
  const float at_hip = f.p.Length(0.052F * build), at_knee = f.p.Length(0.036F * build * wide);
  const float at_ankle = f.p.Length(0.024F * build * (0.4F + 0.6F * wide * wide));
  const float foot = f.p.Length(0.021F);
  FillCapsule(f.canvas, ankle, foot, toe, foot * 0.9F,
              [&](float, float) { return f.person.shoes * (0.9F * dim); });
  FillCapsule(f.canvas, knee, at_knee, ankle, at_ankle, [&](float u, float v) {
    return LegColour(f, side, u, thigh + calf * v) * (f.p.Light(u) * dim);
  });
  FillCapsule(f.canvas, hip, at_hip, knee, at_knee, [&](float u, float v) {
    return LegColour(f, side, u, thigh * v) * (f.p.Light(u) * dim);
  });
}

void DrawArm(const Figure& f, int side) {
  const Identity& who = f.person;
  const Point shoulder = f.p.At(f.s.shoulder[side]), elbow = f.p.At(f.s.elbow[side]);
  const Point hand = f.p.At(f.s.hand[side]);
  const float r = f.p.Length(0.030F * std::sqrt(who.build));
  const Rgb fore = who.long_sleeves ? who.sleeves : who.skin;
  FillEllipse(f.canvas, hand, r * 0.8F, r * 0.8F,
              [&](float u, float) { return who.skin * f.p.Light(u); });
  FillCapsule(f.canvas, elbow, r * 0.9F, hand, r * 0.72F, [&](float u, float v) {
    return (v > 0.85F ? who.skin : fore) * (f.p.Light(u) * 0.93F);
  });
  FillCapsule(f.canvas, shoulder, r * 1.12F, elbow, r * 0.92F, [&](float u, float v) {
    const bool sleeve = who.long_sleeves || v < 0.62F;
    return (sleeve ? who.sleeves : who.skin) * (f.p.Light(u) * 0.93F);
  });
}

Rgb TopColour(const Figure& f, float u, float down, float length) {
  const float azimuth = f.p.Azimuth(u);
  const float opening = 0.16F + 0.5F * down;
  if (f.person.open_front && std::fabs(azimuth) < opening) return f.person.inner;
  if (down < 0.05F && std::fabs(azimuth) < 0.55F - 10 * down) return f.person.skin;
  return f.person.top.At(azimuth, down, length);
}

void DrawTorso(const Figure& f) {
  const Skeleton& s = f.s;
  const float bottom = s.hip_y - f.person.hem, top = s.neck_y - 0.012F;
  const float coat = std::max(0.0F, f.person.hem - 0.06F);
  const auto knot = [&](float y, float half, float depth) {
    const Point c = f.p.At({0, y, 0});
    return Knot{c.y, c.x, f.p.HalfWidth(half, depth)};
  };
  const float waist = s.hip_y + 0.36F * (s.shoulder_y - s.hip_y);
  const Knot knots[] = {knot(top, 0.036F, 0.034F),
                        knot(s.shoulder_y + 0.012F, 0.62F * s.shoulder_half, 0.7F * s.chest_depth),
                        knot(s.shoulder_y - 0.035F, s.shoulder_half, s.chest_depth),
                        knot(waist, s.waist_half + 0.08F * coat, s.chest_depth),
                        knot(bottom, s.hip_half + 0.25F * coat, s.hip_depth + 0.25F * coat)};
  FillProfile(f.canvas, knots, [&](float u, float v) {
    const float fold = 1.0F + 0.03F * std::sin(30.0F * v + 4.0F * u);
    return TopColour(f, u, v * (top - bottom), top - bottom) * (f.p.Light(u) * fold);
  });
}

// The pelvis, and the skirt where one is worn.
void DrawHips(const Figure& f) {
  const Skeleton& s = f.s;
  const Identity& who = f.person;
  const bool skirt = who.bottom == Bottom::kSkirt;
  const float length = skirt ? who.lower_length + 0.05F : 0.09F;
  const float flare = skirt ? 0.10F * who.lower_width : 0.0F;
  const Point top = f.p.At({0, s.hip_y + 0.05F, 0}), low = f.p.At({0, s.hip_y + 0.05F - length, 0});
  const Knot knots[] = {
      {top.y, top.x, f.p.HalfWidth(s.waist_half, s.hip_depth)},
      {low.y, low.x,
       f.p.HalfWidth(s.hip_half + flare * length * 2, s.hip_depth + flare * length * 2)}};
  FillProfile(f.canvas, knots, [&](float u, float v) {
    return who.lower.At(f.p.Azimuth(u), v * length, skirt ? length : s.hip_y) * f.p.Light(u);
  });
}

}  // namespace

void DrawFigure(Canvas& canvas, const Identity& person, const Pose& pose, const Stand& stand) {
  const Skeleton s = BuildSkeleton(person, pose);
  const Projection p(pose, stand);
  const Figure f{canvas, person, s, p};
  const int near = p.Depth(s.hip[0]) > p.Depth(s.hip[1]) ? 0 : 1;
  const float shadow = p.Length(0.17F);
  FillEllipse(
      canvas, {stand.feet.x - stand.light * shadow * 0.5F, stand.feet.y}, shadow, shadow * 0.22F,
      [](float, float) { return Rgb{}; }, 0.4F);
  const bool front = SeenFromFront(f);
  const bool sideways = std::fabs(std::sin(p.view())) > 0.5F;
  if (front) DrawBackHair(canvas, person, s, p);
  if (front) DrawBackBag(canvas, person, s, p);
  if (sideways) DrawArm(f, 1 - near);
  DrawLeg(f, 1 - near);
  DrawLeg(f, near);
  DrawHips(f);
  DrawTorso(f);
  if (!front) DrawBackBag(canvas, person, s, p);
  DrawStraps(canvas, person, s, p);
  if (!sideways) DrawArm(f, 1 - near);
  DrawArm(f, near);
  DrawSideBag(canvas, person, s, p);
  DrawHead(canvas, person, s, p);
  if (!front) DrawBackHair(canvas, person, s, p);
}

}  // namespace bcr::pedsynth
