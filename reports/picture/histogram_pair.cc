#include "reports/picture/histogram_pair.h"

#include <algorithm>
#include <numeric>

namespace bcr::picture {
namespace {

bool Fits(const HistogramPair& pair, const std::vector<double>& bars) {
  return bars.size() + 1 == pair.edges.size() &&
         std::all_of(bars.begin(), bars.end(), [](double v) { return Drawable(v) && v >= 0; });
}

// Shares of the sum; empty where that is 0.
std::vector<double> Shares(std::vector<double> bars) {
  const double sum = std::accumulate(bars.begin(), bars.end(), 0.0);
  if (!(sum > 0)) return {};
  for (double& bar : bars) bar /= sum;
  return bars;
}

void DrawSteps(const std::vector<double>& edges, const std::vector<double>& shares, size_t look,
               const Frame& frame, Sheet& sheet) {
  std::vector<Place> outline = {{frame.x.At(edges.front()), frame.bottom}};
  for (size_t i = 0; i < shares.size(); ++i) {
    const double y = frame.y.At(shares[i]);
    outline.push_back({frame.x.At(edges[i]), y});
    outline.push_back({frame.x.At(edges[i + 1]), y});
  }
  outline.push_back({frame.x.At(edges.back()), frame.bottom});
  const std::string colour = ColourClass(look);
  sheet.Path(PathThrough(outline) + "Z", colour + " shade");
  sheet.Path(PathThrough(outline), colour + (look == 0 ? " thin" : " thin dashed"));
}

}  // namespace

std::string HistogramPairSvg(const HistogramPair& pair) {
  const bool sound = pair.edges.size() > 1 &&
                     std::is_sorted(pair.edges.begin(), pair.edges.end()) &&
                     std::all_of(pair.edges.begin(), pair.edges.end(), Drawable) &&
                     Fits(pair, pair.genuine) && Fits(pair, pair.impostors);
  const auto genuine = sound ? Shares(pair.genuine) : std::vector<double>();
  const auto impostors = sound ? Shares(pair.impostors) : std::vector<double>();
  if (genuine.empty() && impostors.empty())
    return MessageSvg(pair.texts, "There are no pairs to draw.");

  FramePlan plan;
  plan.x = pair.x;
  plan.x.log = false;
  plan.xs = {pair.edges.front(), pair.edges.back()};
  plan.y = {"share of pairs per bar", Format::kPercent, false, 0, std::nullopt};
  plan.ys = genuine;
  plan.ys.insert(plan.ys.end(), impostors.begin(), impostors.end());
  plan.verticals = pair.verticals;
  Sheet sheet;
  const Frame frame = DrawFrame(plan, sheet);
  std::vector<LegendEntry> legend;
  if (!genuine.empty()) {
    DrawSteps(pair.edges, genuine, 0, frame, sheet);
    legend.push_back({pair.genuine_name, 0, LegendEntry::Sample::kShade});
  }
  if (!impostors.empty()) {
    DrawSteps(pair.edges, impostors, 1, frame, sheet);
    legend.push_back({pair.impostors_name, 1, LegendEntry::Sample::kDashedShade});
  }
  const double end = DrawLegend(frame, legend, sheet);
  return sheet.Svg(kWidth, end, pair.texts);
}

}  // namespace bcr::picture
