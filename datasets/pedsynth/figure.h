#pragma once

#include "datasets/pedsynth/canvas.h"

namespace bcr::pedsynth {

struct Identity;

// How a person stands in one picture. Angles in radians.
struct Pose {
  float view = 0;       // 0 seen from the front, pi/2 walking to the right, pi from behind
  float elevation = 0;  // how far the camera looks down
  float phase = 0;      // of the step, [0, 2 pi)
  float effort = 1;     // share of the person's stride; 0 stands still
  float arm_bend = 0.3F;
  float lean = 0;  // sideways, body heights at the head
};

// Where the figure stands on the canvas.
struct Stand {
  Point feet;       // between the feet, on the ground
  float scale = 1;  // pixels per average body height
  float light = 0;  // side the light comes from, -1 left to 1 right
};

void DrawFigure(Canvas& canvas, const Identity& person, const Pose& pose, const Stand& stand);

}  // namespace bcr::pedsynth
