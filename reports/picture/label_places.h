#pragma once

#include <optional>
#include <vector>

#include "reports/picture/sheet.h"

namespace bcr::picture {

struct Rectangle {
  double left = 0, top = 0, right = 0, bottom = 0;
};

bool Overlap(const Rectangle& a, const Rectangle& b);

struct LabelPlan {
  std::vector<Place> dots;
  std::vector<double> widths;  // of the labels, one a dot
  double height = 14;
  Rectangle area;                // that labels may not leave
  std::vector<Place> obstacles;  // that labels must leave free, with some room around them
  std::vector<Place> lines;      // points of thin lines, which labels cover only in need
};

// Where labels may stand beside their dots: on no dot, no obstacle and no other label. Nearer places
// are taken first, dots in the order given. Absent where there is no room. Private to this folder.
std::vector<std::optional<Rectangle>> PlaceLabels(const LabelPlan& plan);

}  // namespace bcr::picture
