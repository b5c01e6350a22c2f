#include "reports/picture/label_places.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bcr::picture {
namespace {

constexpr double kDot = 6;    // half the side of what a dot or another obstacle takes
constexpr double kLine = 1;   // the same of a point of a line
constexpr double kNear = 46;  // further away than this, a label rather covers a line
constexpr double kFar = 144;
constexpr int kAngles = 16;

// The label whose edge is `distance` from the dot, seen at an angle.
Rectangle Candidate(const Place& dot, double width, double height, double distance, int angle) {
  const double turn = 2 * std::numbers::pi * angle / kAngles;
  const double x = dot.x + std::cos(turn) * (distance + width / 2);
  const double y = dot.y - std::sin(turn) * (distance + height / 2);
  return {x - width / 2, y - height / 2, x + width / 2, y + height / 2};
}

bool Inside(const Rectangle& inner, const Rectangle& outer) {
  return inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top &&
         inner.bottom <= outer.bottom;
}

bool IsFree(const Rectangle& place, const std::vector<Rectangle>& taken) {
  return std::none_of(taken.begin(), taken.end(),
                      [&](const Rectangle& other) { return Overlap(place, other); });
}

std::optional<Rectangle> FreePlace(const LabelPlan& plan, size_t label, double furthest,
                                   const std::vector<Rectangle>& taken,
                                   const std::vector<Rectangle>& lines) {
  for (const double distance : {8.0, 14.0, 22.0, 32.0, 46.0, 64.0, 86.0, 112.0, 144.0}) {
    if (distance > furthest) break;
    for (int angle = 0; angle < kAngles; ++angle) {
      const Rectangle place =
          Candidate(plan.dots[label], plan.widths[label], plan.height, distance, angle);
      if (Inside(place, plan.area) && IsFree(place, taken) && IsFree(place, lines)) return place;
    }
  }
  return std::nullopt;
}

void AddSquares(const std::vector<Place>& places, double half, std::vector<Rectangle>& squares) {
  for (const Place& at : places)
    squares.push_back({at.x - half, at.y - half, at.x + half, at.y + half});
}

}  // namespace

bool Overlap(const Rectangle& a, const Rectangle& b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

std::vector<std::optional<Rectangle>> PlaceLabels(const LabelPlan& plan) {
  std::vector<Rectangle> taken, lines;
  AddSquares(plan.dots, kDot, taken);
  AddSquares(plan.obstacles, kDot, taken);
  AddSquares(plan.lines, kLine, lines);
  std::vector<std::optional<Rectangle>> places;
  for (size_t i = 0; i < plan.dots.size(); ++i) {
    places.push_back(FreePlace(plan, i, kNear, taken, lines));
    if (!places.back()) places.back() = FreePlace(plan, i, kFar, taken, {});
    if (places.back()) taken.push_back(*places.back());
  }
  return places;
}

}  // namespace bcr::picture
