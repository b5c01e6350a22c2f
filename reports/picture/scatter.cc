#include "reports/picture/scatter.h"

#include <algorithm>
#include <cmath>

#include "reports/picture/frame.h"
#include "reports/picture/label_places.h"

namespace bcr::picture {
namespace {

constexpr double kLabelHeight = 14;

// The points that can be drawn, each with its own look.
std::vector<ScatterPoint> DrawnPoints(const Scatter& scatter) {
  const Scale x{0, 1, scatter.x.log}, y{0, 1, scatter.y.log};
  std::vector<ScatterPoint> points;
  for (size_t i = 0; i < scatter.points.size(); ++i) {
    if (!x.Holds(scatter.points[i].x) || !y.Holds(scatter.points[i].y)) continue;
    points.push_back(scatter.points[i]);
    if (!points.back().look) points.back().look = i;
  }
  return points;
}

bool Interval(const std::optional<double>& low, const std::optional<double>& high,
              const Scale& scale) {
  return low && high && scale.Holds(*low) && scale.Holds(*high);
}

FramePlan PlanOf(const Scatter& scatter, const std::vector<ScatterPoint>& points) {
  FramePlan plan{scatter.x, scatter.y, {}, {}, {}, points.size() <= 10 ? 340.0 : 460.0};
  const Scale x{0, 1, scatter.x.log}, y{0, 1, scatter.y.log};
  for (const ScatterPoint& point : points) {
    plan.xs.push_back(point.x);
    plan.ys.push_back(point.y);
    if (Interval(point.x_low, point.x_high, x))
      plan.xs.insert(plan.xs.end(), {*point.x_low, *point.x_high});
    if (Interval(point.y_low, point.y_high, y))
      plan.ys.insert(plan.ys.end(), {*point.y_low, *point.y_high});
  }
  for (const HorizontalLine& line : scatter.horizontals) plan.ys.push_back(line.y);
  return plan;
}

// Above its line at the right end, or as near to that as the labels before it leave room.
Rectangle LabelPlace(double right, double y, double width, const std::vector<Rectangle>& taken) {
  Rectangle place{};
  for (const double shift : {-5.0, 13.0, -19.0, 27.0, -33.0, 41.0, -47.0, 55.0}) {
    place = {right - 4 - width, y + shift - 10, right - 4, y + shift + 3};
    if (std::none_of(taken.begin(), taken.end(),
                     [&](const Rectangle& other) { return Overlap(place, other); }))
      break;
  }
  return place;
}

// Returns points all over the labels, which names of dots must leave free.
std::vector<Place> DrawHorizontals(const Scatter& scatter, const Frame& frame, Sheet& sheet) {
  std::vector<Rectangle> taken;
  std::vector<Place> points;
  // From the top, so that of two near lines the upper one has its label above and the lower below.
  std::vector<HorizontalLine> lines = scatter.horizontals;
  std::erase_if(lines, [&](const HorizontalLine& line) { return !frame.y.Holds(line.y); });
  std::stable_sort(lines.begin(), lines.end(),
                   [](const HorizontalLine& a, const HorizontalLine& b) { return a.y > b.y; });
  for (const HorizontalLine& line : lines) {
    const double y = frame.y.At(line.y);
    sheet.Line({frame.left, y}, {frame.right, y}, "mark");
    const std::string label = ShortName(line.label);
    const Rectangle place = LabelPlace(frame.right, y, TextWidth(label, 11), taken);
    taken.push_back(place);
    sheet.Text({place.right, place.bottom - 3}, label, Anchor::kEnd, "small soft label",
               label == line.label ? "" : line.label);
    for (double x = place.left; x < place.right; x += 8)
      points.push_back({x, (place.top + place.bottom) / 2});
  }
  return points;
}

// From the highest down, each further to the right than all before it.
void DrawFrontier(std::vector<ScatterPoint> points, const Frame& frame, Sheet& sheet) {
  std::stable_sort(points.begin(), points.end(), [](const ScatterPoint& a, const ScatterPoint& b) {
    return a.y != b.y ? a.y > b.y : a.x > b.x;
  });
  std::vector<Place> places;
  double furthest = 0;
  for (const ScatterPoint& point : points) {
    if (!places.empty() && point.x <= furthest) continue;
    furthest = point.x;
    places.push_back({frame.x.At(point.x), frame.y.At(point.y)});
  }
  if (places.size() > 1) sheet.Path(PathThrough(places), "mark");
}

void DrawPoint(const ScatterPoint& point, const Frame& frame, Sheet& sheet) {
  const Place at{frame.x.At(point.x), frame.y.At(point.y)};
  const std::string colour = ColourClass(*point.look);
  if (Interval(point.x_low, point.x_high, frame.x))
    sheet.Line({frame.x.At(*point.x_low), at.y}, {frame.x.At(*point.x_high), at.y},
               colour + " thin");
  if (Interval(point.y_low, point.y_high, frame.y))
    sheet.Line({at.x, frame.y.At(*point.y_low)}, {at.x, frame.y.At(*point.y_high)},
               colour + " thin");
  sheet.Mark(*point.look, at, 4.5, colour + " dot", point.name);
}

// A thin line joins a label to its dot where others could claim it.
void DrawLabel(const ScatterPoint& point, Place dot, const Rectangle& place, Sheet& sheet) {
  const Place nearest{std::clamp(dot.x, place.left, place.right),
                      std::clamp(dot.y, place.top, place.bottom)};
  const double distance = std::hypot(nearest.x - dot.x, nearest.y - dot.y);
  if (distance > 16) sheet.Line(dot, nearest, "axis");
  const std::string name = ShortName(point.name, 26);
  sheet.Text({(place.left + place.right) / 2, place.bottom - 3}, name, Anchor::kMiddle, "label",
             name == point.name ? "" : point.name);
}

// Points along the intervals, near enough to each other that no label fits between two.
std::vector<Place> IntervalPoints(const ScatterPoint& point, const Frame& frame) {
  const Place at{frame.x.At(point.x), frame.y.At(point.y)};
  std::vector<Place> points;
  if (Interval(point.x_low, point.x_high, frame.x)) {
    for (double x = frame.x.At(*point.x_low); x <= frame.x.At(*point.x_high); x += 8)
      points.push_back({x, at.y});
  }
  if (Interval(point.y_low, point.y_high, frame.y)) {
    for (double y = frame.y.At(*point.y_high); y <= frame.y.At(*point.y_low); y += 8)
      points.push_back({at.x, y});
  }
  return points;
}

// Writes names beside their dots; returns a legend of those without room.
std::vector<LegendEntry> DrawLabels(const std::vector<ScatterPoint>& points,
                                    const std::vector<Place>& taken, const Frame& frame,
                                    Sheet& sheet) {
  LabelPlan plan;
  plan.height = kLabelHeight;
  plan.area = {frame.left, frame.top, frame.right, frame.bottom};
  plan.obstacles = taken;
  for (const ScatterPoint& point : points) {
    plan.dots.push_back({frame.x.At(point.x), frame.y.At(point.y)});
    plan.widths.push_back(TextWidth(ShortName(point.name, 26)) + 4);
    const std::vector<Place> lines = IntervalPoints(point, frame);
    plan.lines.insert(plan.lines.end(), lines.begin(), lines.end());
  }
  const auto places = PlaceLabels(plan);
  std::vector<LegendEntry> without_room;
  for (size_t i = 0; i < points.size(); ++i) {
    if (places[i]) {
      DrawLabel(points[i], plan.dots[i], *places[i], sheet);
    } else {
      without_room.push_back({points[i].name, *points[i].look, LegendEntry::Sample::kMark});
    }
  }
  return without_room;
}

}  // namespace

std::string ScatterSvg(const Scatter& scatter) {
  const std::vector<ScatterPoint> points = DrawnPoints(scatter);
  if (points.empty()) return MessageSvg(scatter.texts, "There are no points to draw.");
  Sheet sheet;
  const Frame frame = DrawFrame(PlanOf(scatter, points), sheet);
  const std::vector<Place> taken = DrawHorizontals(scatter, frame, sheet);
  if (scatter.frontier) DrawFrontier(points, frame, sheet);
  for (const ScatterPoint& point : points) DrawPoint(point, frame, sheet);
  const double end = DrawLegend(frame, DrawLabels(points, taken, frame, sheet), sheet);
  return sheet.Svg(kWidth, end, scatter.texts);
}

}  // namespace bcr::picture
