#pragma once

#include <cstdint>

#include "datasets/pedsynth/canvas.h"

namespace bcr::pedsynth {

struct Domain;

// The place one camera looks at, wider and taller than a picture: pictures show parts of it.
// `height` and `width` are a picture's.
Canvas DrawScene(const Domain& domain, int height, int width, uint64_t seed);

// The part of `scene` that one picture shows: `left` and `top` in scene pixels, `zoom` scene pixels
// per picture pixel.
void CopyView(const Canvas& scene, float left, float top, float zoom, Canvas& picture);

}  // namespace bcr::pedsynth
