#pragma once

#include <cstdint>
#include <vector>

#include "datasets/pedsynth/canvas.h"

namespace bcr {
class Random;
}

namespace bcr::pedsynth {

struct Domain;
struct Pose;

// One camera: where it looks and what it does to light. Drawn once, the same for all its pictures.
struct Camera {
  Canvas scene;
  Rgb gain;
  float brightness = 1, contrast = 1, gamma = 1, saturation = 1;
  float light = 0;       // side of the light, -1 to 1
  float falloff = 0;     // how much darker the far side of a picture is
  float resolution = 1;  // share of the pixels in each direction
  float blur = 0;        // deviation, pixels
  float noise = 0;
  int jpeg_quality = 80;
  std::vector<double> views;  // weights of front, right, back, left
  float elevation = 0;        // radians
  float size = 1;             // how large its people appear
  float exposure = 0;         // deviation of the logarithm of a picture's exposure
};

Camera DrawCamera(const Domain& domain, int height, int width, uint64_t seed);

// A walker's pose as this camera sees it.
Pose DrawPose(const Camera& camera, Random& random);

// A finished picture: RGB bytes, row-major H x W x 3.
struct Picture {
  int height = 0, width = 0;
  std::vector<uint8_t> rgb;
  int jpeg_quality = 80;
};

// Light, colour, lens, sensor: turns what stands before the camera into its picture.
Picture Expose(const Camera& camera, Canvas& canvas, Random& random);

}  // namespace bcr::pedsynth
