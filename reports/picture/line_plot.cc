#include "reports/picture/line_plot.h"

#include <algorithm>

namespace bcr::picture {
namespace {

constexpr size_t kMarks = 6;  // along a line whose points are not all marked

using Stretch = std::vector<LinePoint>;  // points without a gap between them

bool HasBand(const LinePoint& point, const Scale& y) {
  return point.low && point.high && y.Holds(*point.low) && y.Holds(*point.high);
}

std::vector<Stretch> Stretches(const Series& series, const Scale& x, const Scale& y) {
  std::vector<Stretch> stretches(1);
  for (const LinePoint& point : series.points) {
    if (x.Holds(point.x) && y.Holds(point.y)) {
      stretches.back().push_back(point);
    } else if (!stretches.back().empty()) {
      stretches.emplace_back();
    }
  }
  if (stretches.back().empty()) stretches.pop_back();
  return stretches;
}

Place At(const Frame& frame, double x, double y) { return {frame.x.At(x), frame.y.At(y)}; }

void DrawBand(const Stretch& stretch, const Frame& frame, const std::string& colour, Sheet& sheet) {
  std::vector<Place> outline, back;
  for (const LinePoint& point : stretch) {
    if (!HasBand(point, frame.y)) continue;
    outline.push_back(At(frame, point.x, *point.low));
    back.push_back(At(frame, point.x, *point.high));
  }
  if (outline.size() < 2) return;
  outline.insert(outline.end(), back.rbegin(), back.rend());
  sheet.Path(PathThrough(outline) + "Z", colour + " area");
}

// Marks begin at another point of each line, so that lines that lie together still differ.
bool IsMarked(size_t index, size_t count, size_t place, bool every) {
  if (every || count <= kMarks) return true;
  const size_t step = (count + kMarks - 1) / kMarks;
  return index % step == place % step;
}

void DrawSeries(const Series& series, size_t place, const Frame& frame, Sheet& sheet) {
  const size_t look = series.look.value_or(place);
  const std::string colour = ColourClass(look);
  for (const Stretch& stretch : Stretches(series, frame.x, frame.y)) {
    DrawBand(stretch, frame, colour, sheet);
    std::vector<Place> places;
    for (const LinePoint& point : stretch) places.push_back(At(frame, point.x, point.y));
    if (places.size() > 1)
      sheet.Path(PathThrough(places), colour + (series.dashed ? " line dashed" : " line"));
    for (size_t i = 0; i < places.size(); ++i) {
      if (!IsMarked(i, places.size(), place, series.dots)) continue;
      sheet.Mark(look, places[i], 3.2, colour + " dot");
    }
  }
}

// The values that the axes must hold.
FramePlan PlanOf(const LinePlot& plot) {
  FramePlan plan{plot.x, plot.y, {}, {}, plot.verticals};
  const Scale x{0, 1, plot.x.log}, y{0, 1, plot.y.log};
  for (const Series& series : plot.series) {
    for (const LinePoint& point : series.points) {
      if (!x.Holds(point.x) || !y.Holds(point.y)) continue;
      plan.xs.push_back(point.x);
      plan.ys.push_back(point.y);
      if (HasBand(point, y)) plan.ys.insert(plan.ys.end(), {*point.low, *point.high});
    }
  }
  return plan;
}

}  // namespace

std::string LinePlotSvg(const LinePlot& plot) {
  const FramePlan plan = PlanOf(plot);
  if (plan.xs.empty()) return MessageSvg(plot.texts, "There are no points to draw.");
  Sheet sheet;
  const Frame frame = DrawFrame(plan, sheet);
  std::vector<LegendEntry> legend;
  for (size_t i = 0; i < plot.series.size(); ++i) {
    const Series& series = plot.series[i];
    DrawSeries(series, i, frame, sheet);
    if (series.name.empty()) continue;
    legend.push_back({series.name, series.look.value_or(i),
                      series.dashed ? LegendEntry::Sample::kDashed : LegendEntry::Sample::kLine});
  }
  const double end = DrawLegend(frame, legend, sheet);
  return sheet.Svg(kWidth, end, plot.texts);
}

}  // namespace bcr::picture
