#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/picture/axis.h"
#include "reports/picture/sheet.h"

namespace bcr::picture {

struct IntervalRow {
  std::string name;
  double mean = 0;
  std::optional<double> low, high;  // both or none
  std::vector<double> values;       // what the mean is of, e.g. one a seed
  std::string label;                // at the right end, e.g. the figures as a table has them
};

struct IntervalChart {
  Texts texts;
  Axis x;
  std::vector<IntervalRow> rows;  // from top to bottom
  double reference = 0;           // where the line stands
};

// One <svg>, a forest plot: a row a name. The mark of the mean is filled where the interval leaves
// the reference out and hollow where it does not or is absent. Rows whose mean cannot be drawn keep
// their name and label. Without rows, a picture that says so.
std::string IntervalChartSvg(const IntervalChart& chart);

}  // namespace bcr::picture
