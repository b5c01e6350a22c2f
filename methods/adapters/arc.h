#pragma once

namespace bcr {

// The unit vector that lies the share `weight` of the way along the great circle from a unit vector
// a to a unit vector b: start * a + end * b.
struct Arc {
  double start = 1, end = 0;
};
// `cosine` is <a, b>. Opposite vectors have no circle of their own: they are joined as nearly
// opposite ones are. Shoemake, "Animating rotation with quaternion curves", SIGGRAPH 1985.
Arc ArcOf(double cosine, double weight);

}  // namespace bcr
