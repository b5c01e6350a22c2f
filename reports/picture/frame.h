#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/picture/axis.h"
#include "reports/picture/sheet.h"

namespace bcr::picture {

// What plots with two axes share: the frame with grid, ticks, titles, lines across and a legend.
// Private to this folder but for VerticalLine.

inline constexpr double kWidth = 640;

// A line across a plot at one x, with a label above it: a threshold.
struct VerticalLine {
  double x = 0;
  std::string label;
};

struct LegendEntry {
  enum class Sample { kLine, kDashed, kMark, kShade, kDashedShade };
  std::string name;
  size_t look = 0;
  Sample sample = Sample::kLine;
};

struct FramePlan {
  Axis x, y;
  std::vector<double> xs, ys;  // what the axes must hold
  std::vector<VerticalLine> verticals;
  double height = 280;  // of the area between the axes
};

struct Frame {
  Scale x, y;
  double left = 0, top = 0, right = 0, bottom = 0;  // of the area between the axes
};

Frame DrawFrame(const FramePlan& plan, Sheet& sheet);

// A legend in rows below the frame's titles. Returns where the picture ends.
double DrawLegend(const Frame& frame, const std::vector<LegendEntry>& entries, Sheet& sheet);

// A name that fits into a picture: without control characters, cut where it is long.
std::string ShortName(const std::string& name, size_t characters = 32);

}  // namespace bcr::picture
