#include "reports/picture/heat_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/picture/frame.h"
#include "reports/picture/palette.h"

namespace bcr::picture {
namespace {

constexpr double kCellHeight = 30;

std::optional<double> ValueAt(const HeatMap& map, size_t row, size_t column) {
  if (row >= map.values.size() || column >= map.values[row].size()) return std::nullopt;
  const std::optional<double> value = map.values[row][column];
  return value && Drawable(*value) ? value : std::nullopt;
}

Scale ScaleOf(const HeatMap& map) {
  std::vector<double> values;
  for (size_t r = 0; r < map.rows.size(); ++r) {
    for (size_t c = 0; c < map.columns.size(); ++c) {
      if (const auto value = ValueAt(map, r, c)) values.push_back(*value);
    }
  }
  Axis axis = map.value;
  axis.log = false;
  return FitScale(axis, values, 0, kHeatSteps);
}

size_t StepOf(const Scale& scale, double value) {
  return std::min(static_cast<size_t>(scale.At(value)), kHeatSteps - 1);
}

void DrawCell(const HeatMap& map, size_t row, size_t column, const Scale& scale, Place corner,
              double width, Sheet& sheet) {
  const Place middle{corner.x + width / 2, corner.y + kCellHeight / 2 + 4};
  const auto value = ValueAt(map, row, column);
  if (!value) {
    sheet.Box(corner, width - 2, kCellHeight - 2, "grid");
    sheet.Text(middle, "\u2013", Anchor::kMiddle, "soft");
    return;
  }
  const size_t step = StepOf(scale, *value);
  sheet.Box(corner, width - 2, kCellHeight - 2, fmt::format("h{}", step),
            fmt::format("{}, {}", map.rows[row], map.columns[column]));
  sheet.Text(middle, ValueText(map.value.format, *value), Anchor::kMiddle,
             fmt::format("t{}", step));
}

void DrawKey(const HeatMap& map, const Scale& scale, Place at, Sheet& sheet) {
  const std::string low = ValueText(map.value.format, scale.low, 0);
  sheet.Text({at.x, at.y + 11}, low, Anchor::kStart, "small");
  double x = at.x + TextWidth(low, 11) + 6;
  for (size_t step = 0; step < kHeatSteps; ++step, x += 16)
    sheet.Box({x, at.y}, 16, 13, fmt::format("h{}", step));
  const std::string high = ValueText(map.value.format, scale.high, 0);
  sheet.Text({x + 6, at.y + 11}, high, Anchor::kStart, "small");
  sheet.Text({x + 18 + TextWidth(high, 11), at.y + 11}, map.value.title, Anchor::kStart,
             "small soft");
}

double Widest(const std::vector<std::string>& names, size_t characters) {
  double widest = 0;
  for (const std::string& name : names)
    widest = std::max(widest, TextWidth(ShortName(name, characters)));
  return widest;
}

}  // namespace

std::string HeatMapSvg(const HeatMap& map) {
  if (map.rows.empty() || map.columns.empty())
    return MessageSvg(map.texts, "There are no cells to draw.");
  const Scale scale = ScaleOf(map);
  const double left = 24 + std::max(Widest(map.rows, 26), TextWidth(map.rows_title));
  const auto columns = static_cast<double>(map.columns.size());
  const double cell =
      std::max(Widest(map.columns, 18) + 14, std::min(110.0, (kWidth - left - 12) / columns));
  const double top = map.columns_title.empty() ? 28 : 46;
  Sheet sheet;
  sheet.Text({left + columns * cell / 2, 16}, map.columns_title, Anchor::kMiddle, "soft");
  sheet.Text({left - 12, top - 8}, map.rows_title, Anchor::kEnd, "soft");
  for (size_t c = 0; c < map.columns.size(); ++c) {
    const std::string name = ShortName(map.columns[c], 18);
    sheet.Text({left + cell * (static_cast<double>(c) + 0.5) - 1, top - 8}, name, Anchor::kMiddle,
               "", name == map.columns[c] ? "" : map.columns[c]);
  }
  for (size_t r = 0; r < map.rows.size(); ++r) {
    const double y = top + kCellHeight * static_cast<double>(r);
    const std::string name = ShortName(map.rows[r], 26);
    sheet.Text({left - 12, y + kCellHeight / 2 + 3}, name, Anchor::kEnd, "",
               name == map.rows[r] ? "" : map.rows[r]);
    for (size_t c = 0; c < map.columns.size(); ++c)
      DrawCell(map, r, c, scale, {left + cell * static_cast<double>(c), y}, cell, sheet);
  }
  const double end = top + kCellHeight * static_cast<double>(map.rows.size());
  DrawKey(map, scale, {left, end + 14}, sheet);
  return sheet.Svg(std::max(kWidth, left + columns * cell + 12), end + 38, map.texts);
}

}  // namespace bcr::picture
