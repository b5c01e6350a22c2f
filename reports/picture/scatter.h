#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/picture/axis.h"
#include "reports/picture/sheet.h"

namespace bcr::picture {

struct ScatterPoint {
  std::string name;
  double x = 0, y = 0;
  std::optional<double> x_low, x_high, y_low, y_high;  // of intervals, drawn as thin lines
  std::optional<size_t> look;                          // its place among the points where absent
};

struct HorizontalLine {
  double y = 0;
  std::string label;
};

struct Scatter {
  Texts texts;
  Axis x, y;
  std::vector<ScatterPoint> points;
  std::vector<HorizontalLine> horizontals;
  bool frontier = false;  // join the points that no other one beats in both axes (higher is better)
};

// One <svg>. Names stand beside the dots without covering each other; those without room stand in a
// legend. Points that cannot be drawn are left out; without any, a picture that says so.
std::string ScatterSvg(const Scatter& scatter);

}  // namespace bcr::picture
