#include "datasets/pedsynth/skeleton.h"

#include <algorithm>
#include <cmath>

#include "datasets/pedsynth/figure.h"
#include "datasets/pedsynth/identity.h"

namespace bcr::pedsynth {
namespace {

constexpr float kPi = 3.14159265F;

void PlaceLegs(const Identity& person, const Pose& pose, Skeleton& s) {
  const float thigh = s.hip_y * 0.52F, calf = s.hip_y * 0.44F;
  for (int side = 0; side < 2; ++side) {
    const float phase = pose.phase + static_cast<float>(side) * kPi;
    const float swing = person.stride * pose.effort * std::sin(phase);
    const float bend =
        0.75F * person.stride * pose.effort * std::max(0.0F, std::sin(phase + 1.9F)) * 1.6F;
    const float x = (side == 0 ? -1.0F : 1.0F) * s.hip_half * 0.52F;
    s.hip[side] = {x, s.hip_y, 0};
    s.knee[side] = {x, s.hip_y - thigh * std::cos(swing), thigh * std::sin(swing)};
    const float low = swing - bend;
    s.ankle[side] = {x * 0.9F, s.knee[side].y - calf * std::cos(low),
                     s.knee[side].z + calf * std::sin(low)};
    s.toe[side] = {s.ankle[side].x * 1.25F, s.ankle[side].y - 0.022F, s.ankle[side].z + 0.075F};
  }
}

void PlaceArms(const Identity& person, const Pose& pose, Skeleton& s) {
  const float upper = 0.165F * person.height, fore = 0.15F * person.height;
  for (int side = 0; side < 2; ++side) {
    const float phase = pose.phase + static_cast<float>(side) * kPi;
    const float swing = -0.9F * person.stride * pose.effort * std::sin(phase);
    const float sign = side == 0 ? -1.0F : 1.0F;
    s.shoulder[side] = {sign * s.shoulder_half * 0.84F, s.shoulder_y - 0.034F, 0};
    s.elbow[side] = {sign * (s.shoulder_half * 0.88F + 0.028F),
                     s.shoulder[side].y - upper * std::cos(swing), upper * std::sin(swing)};
    const float low = swing + pose.arm_bend;
    s.hand[side] = {sign * (s.shoulder_half * 0.88F + 0.02F),
                    s.elbow[side].y - fore * std::cos(low), s.elbow[side].z + fore * std::sin(low)};
  }
}

}  // namespace

Skeleton BuildSkeleton(const Identity& person, const Pose& pose) {
  Skeleton s;
  s.hip_y = person.height * person.leg;
  s.shoulder_y = person.height * 0.825F;
  s.neck_y = person.height * 0.86F;
  s.head_radius = 0.066F * person.head;
  s.head_y = person.height * 0.865F + s.head_radius;
  s.shoulder_half = 0.112F * person.shoulders * std::sqrt(person.build);
  s.waist_half = 0.082F * person.build;
  s.hip_half = 0.090F * std::sqrt(person.build) * (0.5F + 0.5F * person.build);
  s.chest_depth = 0.066F * person.build;
  s.hip_depth = 0.066F * person.build;
  PlaceLegs(person, pose, s);
  PlaceArms(person, pose, s);
  return s;
}

Projection::Projection(const Pose& pose, const Stand& stand)
    : feet_(stand.feet),
      scale_(stand.scale),
      light_(stand.light),
      lean_(pose.lean),
      view_(pose.view),
      cos_view_(std::cos(pose.view)),
      sin_view_(std::sin(pose.view)),
      cos_elevation_(std::cos(pose.elevation)),
      sin_elevation_(std::sin(pose.elevation)) {}

float Projection::Depth(const Joint& joint) const {
  return joint.z * cos_view_ - joint.x * sin_view_;
}

Point Projection::At(const Joint& joint) const {
  const float across = joint.x * cos_view_ + joint.z * sin_view_ + lean_ * joint.y;
  const float up = joint.y * cos_elevation_ - Depth(joint) * sin_elevation_;
  return {feet_.x + scale_ * across, feet_.y - scale_ * up};
}

float Projection::HalfWidth(float half, float depth) const {
  const float x = half * cos_view_, z = depth * sin_view_;
  return scale_ * std::sqrt(x * x + z * z);
}

float Projection::Azimuth(float u) const {
  float azimuth = std::asin(std::clamp(u, -1.0F, 1.0F)) - view_;
  while (azimuth > kPi) azimuth -= 2 * kPi;
  while (azimuth < -kPi) azimuth += 2 * kPi;
  return azimuth;
}

float Projection::Light(float u) const {
  return 0.80F + 0.22F * (std::sqrt(std::max(0.0F, 1.0F - u * u)) - 0.4F) + 0.14F * u * light_;
}

}  // namespace bcr::pedsynth
