#pragma once

#include "datasets/pedsynth/canvas.h"

namespace bcr::pedsynth {

struct Identity;
struct Pose;
struct Stand;

// A place on the body: x to the wearer's left as seen from the front (right in the picture), y up
// from the ground, z forward. Average body heights.
struct Joint {
  float x = 0, y = 0, z = 0;
};

// One side's joints. Index 0 is at negative x, 1 at positive x.
struct Skeleton {
  Joint hip[2], knee[2], ankle[2], toe[2];
  Joint shoulder[2], elbow[2], hand[2];
  float hip_y = 0, shoulder_y = 0, neck_y = 0, head_y = 0;
  float head_radius = 0;
  float shoulder_half = 0, waist_half = 0, hip_half = 0;  // half widths seen from the front
  float chest_depth = 0, hip_depth = 0;                   // half widths seen from the side
};

Skeleton BuildSkeleton(const Identity& person, const Pose& pose);

// Orthographic projection of body places on the canvas.
class Projection {
 public:
  Projection(const Pose& pose, const Stand& stand);
  Point At(const Joint& joint) const;
  float Depth(const Joint& joint) const;  // larger is nearer to the camera
  float Length(float body) const { return body * scale_; }
  float HalfWidth(float half, float depth) const;  // of an elliptic section, in pixels
  float view() const { return view_; }
  // Azimuth from the wearer's front of the surface seen at `u` across an upright part.
  float Azimuth(float u) const;
  // Brightness of that surface.
  float Light(float u) const;

 private:
  Point feet_;
  float scale_, light_, lean_, view_, cos_view_, sin_view_, cos_elevation_, sin_elevation_;
};

}  // namespace bcr::pedsynth
