#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/picture/axis.h"
#include "reports/picture/frame.h"
#include "reports/picture/sheet.h"

namespace bcr::picture {

struct LinePoint {
  double x = 0, y = 0;
  std::optional<double> low, high;  // of a band around the line; both or none
};

struct Series {
  std::string name;  // in the legend; not shown there where it is empty
  std::vector<LinePoint> points;
  bool dashed = false;
  bool dots = false;           // a mark at every point; otherwise at a few, to tell lines apart
  std::optional<size_t> look;  // colour and mark; its place among the series where absent
};

struct LinePlot {
  Texts texts;
  Axis x, y;
  std::vector<Series> series;
  std::vector<VerticalLine> verticals;
};

// One <svg>. A point that cannot be drawn (NaN, infinity, below the least of a log axis) leaves a
// gap in its line. Without any point, a picture that says so.
std::string LinePlotSvg(const LinePlot& plot);

}  // namespace bcr::picture
