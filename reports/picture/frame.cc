#include "reports/picture/frame.h"

#include <algorithm>

#include "reports/text_table.h"

namespace bcr::picture {
namespace {

constexpr double kLabelRow = 15;   // height of a row of labels
constexpr double kBelowAxis = 46;  // tick labels and the title of the x axis
constexpr double kSampleWidth = 34;

// A row for each label, so that none stands on another: the first row in which it is free.
std::vector<size_t> RowsOf(const std::vector<Place>& spans, size_t& rows) {
  std::vector<double> ends;
  std::vector<size_t> chosen;
  for (const Place& span : spans) {  // x: where it begins, y: where it ends
    size_t row = 0;
    while (row < ends.size() && ends[row] > span.x) ++row;
    if (row == ends.size()) ends.push_back(0);
    ends[row] = span.y + 8;
    chosen.push_back(row);
  }
  rows = ends.size();
  return chosen;
}

std::vector<VerticalLine> Sorted(std::vector<VerticalLine> lines, bool log) {
  const Scale any{0, 1, log};
  std::erase_if(lines, [&](const VerticalLine& line) { return !any.Holds(line.x); });
  std::stable_sort(lines.begin(), lines.end(),
                   [](const VerticalLine& a, const VerticalLine& b) { return a.x < b.x; });
  for (VerticalLine& line : lines) line.label = ShortName(line.label);
  return lines;
}

// Labels are centred above their lines, moved in where they would leave the picture.
std::vector<Place> Spans(const std::vector<VerticalLine>& lines, const Frame& frame) {
  std::vector<Place> spans;
  for (const VerticalLine& line : lines) {
    const double width = TextWidth(line.label, 11);
    const double begin =
        std::clamp(frame.x.At(line.x) - width / 2, 4.0, std::max(4.0, kWidth - 4 - width));
    spans.push_back({begin, begin + width});
  }
  return spans;
}

void DrawVerticals(const std::vector<VerticalLine>& lines, const std::vector<Place>& spans,
                   const std::vector<size_t>& rows, const Frame& frame, Sheet& sheet) {
  std::vector<double> bases;
  for (const size_t row : rows)
    bases.push_back(frame.top - 6 - kLabelRow * static_cast<double>(row));
  for (size_t i = 0; i < lines.size(); ++i) {
    const double x = frame.x.At(lines[i].x);
    sheet.Line({x, bases[i] + 3}, {x, frame.bottom}, "mark");
  }
  // A line may pass through the label of another one: labels come last.
  for (size_t i = 0; i < lines.size(); ++i) {
    sheet.Text({(spans[i].x + spans[i].y) / 2, bases[i]}, lines[i].label, Anchor::kMiddle,
               "small label");
  }
}

void DrawGrid(const FramePlan& plan, const Frame& frame, Sheet& sheet) {
  double free_from = 0;  // labels of the x axis may not touch
  for (const Tick& tick : TicksOf(plan.x, frame.x)) {
    const double x = frame.x.At(tick.value), half = TextWidth(tick.label) / 2;
    sheet.Line({x, frame.top}, {x, frame.bottom}, "grid");
    if (x - half < free_from) continue;
    sheet.Text({x, frame.bottom + 17}, tick.label, Anchor::kMiddle);
    free_from = x + half + 4;
  }
  for (const Tick& tick : TicksOf(plan.y, frame.y)) {
    const double y = frame.y.At(tick.value);
    sheet.Line({frame.left, y}, {frame.right, y}, "grid");
    sheet.Text({frame.left - 8, y + 4}, tick.label, Anchor::kEnd);
  }
  sheet.Line({frame.left, frame.bottom}, {frame.right, frame.bottom}, "axis");
  sheet.Line({frame.left, frame.top}, {frame.left, frame.bottom}, "axis");
  sheet.Text({(frame.left + frame.right) / 2, frame.bottom + 37}, plan.x.title, Anchor::kMiddle,
             "soft");
  sheet.TurnedText({16, (frame.top + frame.bottom) / 2}, plan.y.title, "soft");
}

void DrawSample(const LegendEntry& entry, Place at, Sheet& sheet) {
  using Sample = LegendEntry::Sample;
  const std::string colour = ColourClass(entry.look);
  const Place begin{at.x, at.y - 4}, end{at.x + 26, at.y - 4};
  if (entry.sample == Sample::kShade || entry.sample == Sample::kDashedShade) {
    sheet.Box({begin.x, begin.y - 6}, 26, 12, colour + " shade");
    sheet.Line({begin.x, begin.y - 6}, {end.x, begin.y - 6},
               colour + (entry.sample == Sample::kShade ? " thin" : " thin dashed"));
    return;
  }
  if (entry.sample != Sample::kMark) {
    sheet.Line(begin, end, colour + (entry.sample == Sample::kLine ? " line" : " line dashed"));
  }
  sheet.Mark(entry.look, {at.x + 13, at.y - 4}, 4, colour + " dot");
}

}  // namespace

Frame DrawFrame(const FramePlan& plan, Sheet& sheet) {
  const std::vector<VerticalLine> lines = Sorted(plan.verticals, plan.x.log);
  std::vector<double> xs = plan.xs;
  for (const VerticalLine& line : lines) xs.push_back(line.x);

  Frame frame;
  frame.right = kWidth - 24;
  // How wide the labels are does not depend on where the axis stands.
  frame.y = FitScale(plan.y, plan.ys, plan.height, 0);
  double widest = 0;
  for (const Tick& tick : TicksOf(plan.y, frame.y))
    widest = std::max(widest, TextWidth(tick.label));
  frame.left = 36 + widest;
  frame.x = FitScale(plan.x, xs, frame.left, frame.right);
  const std::vector<Place> spans = Spans(lines, frame);
  size_t rows = 0;
  const std::vector<size_t> chosen = RowsOf(spans, rows);
  frame.top = 14 + kLabelRow * static_cast<double>(rows);
  frame.bottom = frame.top + plan.height;
  frame.y.from = frame.bottom;
  frame.y.to = frame.top;
  DrawGrid(plan, frame, sheet);
  DrawVerticals(lines, spans, chosen, frame, sheet);
  return frame;
}

double DrawLegend(const Frame& frame, const std::vector<LegendEntry>& entries, Sheet& sheet) {
  Place at{frame.left, frame.bottom + kBelowAxis + 16};
  bool first = true;
  for (const LegendEntry& entry : entries) {
    const std::string name = ShortName(entry.name);
    const double width = kSampleWidth + TextWidth(name) + 18;
    if (!first && at.x + width > kWidth) at = {frame.left, at.y + 20};
    DrawSample(entry, at, sheet);
    sheet.Text({at.x + kSampleWidth, at.y}, name, Anchor::kStart, "",
               name == entry.name ? "" : entry.name);
    at.x += width;
    first = false;
  }
  return entries.empty() ? frame.bottom + kBelowAxis : at.y + 12;
}

std::string ShortName(const std::string& name, size_t characters) {
  return Shortened(name, characters);
}

}  // namespace bcr::picture
