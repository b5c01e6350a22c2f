#pragma once

#include <string>
#include <vector>

#include "reports/picture/axis.h"
#include "reports/picture/frame.h"
#include "reports/picture/sheet.h"

namespace bcr::picture {

// Scores of two kinds of pairs over the same bars.
struct HistogramPair {
  Texts texts;
  Axis x;                     // its title says what the scores are
  std::vector<double> edges;  // ascending; one more than there are bars
  // Counts or weights, none below 0; each is drawn as a share of its own sum.
  std::vector<double> genuine, impostors;
  std::string genuine_name = "genuine", impostors_name = "impostors";
  std::vector<VerticalLine> verticals;
};

// One <svg>: two translucent areas of steps, the impostors' outline dashed. Where the numbers of
// edges and bars do not fit each other or there is nothing to draw, a picture that says so.
std::string HistogramPairSvg(const HistogramPair& pair);

}  // namespace bcr::picture
