#pragma once

#include <vector>

#include "datasets/pedsynth/camera.h"

namespace bcr::pedsynth {

struct Domain;
struct Options;
struct Shot;

// A domain with its cameras set up. Immutable: several threads may draw from one.
struct City {
  const Domain* domain = nullptr;
  int height = 0, width = 0;
  std::vector<Camera> cameras;
};

City BuildCity(const Options& options);

// Draws one picture. It depends on (city, shot) alone.
Picture Render(const City& city, const Shot& shot);

}  // namespace bcr::pedsynth
