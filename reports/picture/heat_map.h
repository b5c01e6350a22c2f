#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/picture/axis.h"
#include "reports/picture/sheet.h"

namespace bcr::picture {

struct HeatMap {
  Texts texts;
  std::string rows_title, columns_title;
  std::vector<std::string> rows, columns;
  // By row, then column. Absent, NaN or missing: a gap, which is printed as a dash.
  std::vector<std::vector<std::optional<double>>> values;
  Axis value;  // what the numbers are and how they are written; its scale is linear
};

// One <svg>. The number stands in each cell, so that colour only repeats it. Without rows or
// columns, a picture that says so.
std::string HeatMapSvg(const HeatMap& map);

}  // namespace bcr::picture
