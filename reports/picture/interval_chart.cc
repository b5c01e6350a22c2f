#include "reports/picture/interval_chart.h"

#include <algorithm>

#include "reports/picture/frame.h"

namespace bcr::picture {
namespace {

constexpr double kRow = 30;
constexpr double kTop = 12;

bool HasInterval(const IntervalRow& row) {
  return row.low && row.high && Drawable(*row.low) && Drawable(*row.high);
}

std::vector<double> ValuesOf(const IntervalChart& chart) {
  std::vector<double> values = {chart.reference};
  for (const IntervalRow& row : chart.rows) {
    values.push_back(row.mean);
    values.insert(values.end(), row.values.begin(), row.values.end());
    if (HasInterval(row)) values.insert(values.end(), {*row.low, *row.high});
  }
  return values;
}

double Widest(const IntervalChart& chart, bool labels) {
  double widest = 0;
  for (const IntervalRow& row : chart.rows)
    widest = std::max(widest, TextWidth(labels ? row.label : ShortName(row.name, 26)));
  return widest;
}

// The seeds' own values lie a little below the interval, so that neither hides the other.
void DrawRow(const IntervalRow& row, double y, double reference, const Scale& x, Sheet& sheet) {
  if (HasInterval(row)) {
    const double low = x.At(*row.low), high = x.At(*row.high);
    sheet.Line({low, y}, {high, y}, "c0 line");
    for (const double end : {low, high}) sheet.Line({end, y - 4}, {end, y + 4}, "c0 line");
  }
  for (const double value : row.values) {
    if (!Drawable(value)) continue;
    sheet.Mark(0, {x.At(value), y + 9}, 2.4, "c1 dot", ValueText(Format::kPoints, value));
  }
  if (!Drawable(row.mean)) return;
  const bool decided = HasInterval(row) && (*row.low > reference || *row.high < reference);
  sheet.Mark(1, {x.At(row.mean), y}, 4, decided ? "c0 dot" : "c0 ring hollow");
}

void DrawAxis(const IntervalChart& chart, const Scale& x, double bottom, Sheet& sheet) {
  double free_from = 0;
  for (const Tick& tick : TicksOf(chart.x, x)) {
    const double at = x.At(tick.value), half = TextWidth(tick.label) / 2;
    sheet.Line({at, kTop - 4}, {at, bottom}, "grid");
    if (at - half < free_from) continue;
    sheet.Text({at, bottom + 17}, tick.label, Anchor::kMiddle);
    free_from = at + half + 4;
  }
  sheet.Line({x.from, bottom}, {x.to, bottom}, "axis");
  const double at = x.At(chart.reference);
  sheet.Line({at, kTop - 4}, {at, bottom}, "axis");
  sheet.Text({(x.from + x.to) / 2, bottom + 37}, chart.x.title, Anchor::kMiddle, "soft");
}

}  // namespace

std::string IntervalChartSvg(const IntervalChart& chart) {
  if (chart.rows.empty()) return MessageSvg(chart.texts, "There are no rows to draw.");
  const double left = 24 + Widest(chart, false);
  const double right = std::max(left + 200, kWidth - 24 - Widest(chart, true));
  const Scale x = FitScale(chart.x, ValuesOf(chart), left, right);
  const double bottom = kTop + kRow * static_cast<double>(chart.rows.size());
  Sheet sheet;
  DrawAxis(chart, x, bottom, sheet);
  for (size_t i = 0; i < chart.rows.size(); ++i) {
    const IntervalRow& row = chart.rows[i];
    const double y = kTop + kRow * (static_cast<double>(i) + 0.4);
    const std::string name = ShortName(row.name, 26);
    sheet.Text({left - 12, y + 4}, name, Anchor::kEnd, "", name == row.name ? "" : row.name);
    DrawRow(row, y, chart.reference, x, sheet);
    sheet.Text({right + 12, y + 4}, row.label, Anchor::kStart, "soft");
  }
  const double width = std::max(kWidth, right + 24 + Widest(chart, true));
  return sheet.Svg(width, bottom + 46, chart.texts);
}

}  // namespace bcr::picture
