#include "harness/judge/thresholds.h"

#include <algorithm>
#include <cmath>

#include "harness/eval/distribution/operating_points.h"
#include "harness/eval/distribution/score_bins.h"
#include "harness/judge/graph.h"

namespace bcr {
namespace {

constexpr size_t kBars = 64;

using Pairs = ThresholdFigures::Pairs;
using Searches = ThresholdFigures::Searches;

double ThresholdAt(Distance distance, size_t bin) {
  return ThresholdOf(distance, EdgeOf(distance, bin));
}

// A cell's rates by bin, in the terms of the result.
class CellPoints {
 public:
  explicit CellPoints(const ScoreDistribution& distribution)
      : distance_(distribution.distance), points_(distribution) {}

  Pairs PairsAt(size_t bin) const {
    const PairRates rates = points_.PairsAt(bin);
    return {ThresholdAt(distance_, bin), rates.false_accepts, rates.false_rejects};
  }
  Searches SearchesAt(size_t bin) const {
    const SearchRates rates = points_.SearchesAt(bin);
    return {ThresholdAt(distance_, bin), rates.false_alarms, rates.identified};
  }
  const OperatingPoints& of() const { return points_; }

 private:
  const Distance distance_;
  const OperatingPoints points_;
};

ThresholdFigures::Histogram HistogramOf(const ScoreDistribution& distribution) {
  size_t first = distribution.genuine.size(), last = 1;
  for (size_t bin = 1; bin < distribution.genuine.size(); ++bin) {
    if (distribution.genuine[bin] + distribution.impostor[bin] == 0) continue;
    first = std::min(first, bin);
    last = bin;
  }
  const double a = ThresholdAt(distribution.distance, first);
  const double b = ThresholdAt(distribution.distance, last);
  const double low = std::min(a, b), width = std::max(std::fabs(b - a), 1e-12) / kBars;
  ThresholdFigures::Histogram histogram;
  for (size_t bar = 0; bar <= kBars; ++bar) {
    histogram.edges.push_back(low + width * static_cast<double>(bar));
  }
  histogram.genuine.assign(kBars, 0);
  histogram.impostors.assign(kBars, 0);
  for (size_t bin = first; bin <= last; ++bin) {
    if (distribution.genuine[bin] + distribution.impostor[bin] == 0) continue;
    const double place = (ThresholdAt(distribution.distance, bin) - low) / width;
    const size_t bar = std::min(kBars - 1, static_cast<size_t>(std::max(place, 0.0)));
    histogram.genuine[bar] += static_cast<int64_t>(distribution.genuine[bin]);
    histogram.impostors[bar] += static_cast<int64_t>(distribution.impostor[bin]);
  }
  return histogram;
}

ThresholdFigures::Cell CellOf(const CellName& name, const ScoreDistribution& distribution,
                              const CellPoints& points) {
  ThresholdFigures::Cell cell;
  cell.query_model = name.query_model;
  cell.gallery_model = name.gallery_model;
  cell.genuine = static_cast<int64_t>(points.of().genuine());
  cell.impostors = static_cast<int64_t>(points.of().impostors());
  const Pairs equal = points.PairsAt(points.of().BinOfEqualErrors());
  cell.equal_error_rate = (equal.far + equal.frr) / 2;
  cell.equal_error_threshold = equal.threshold;
  for (const double rate : kFalseAcceptRates) {
    if (!points.of().CanTellFalseAccepts(rate)) continue;
    cell.pairs.push_back({rate, points.PairsAt(points.of().BinForFalseAccepts(rate))});
  }
  for (const double rate : kFalseAlarmRates) {
    if (!points.of().CanTellFalseAlarms(rate)) continue;
    cell.searches.push_back({rate, points.SearchesAt(points.of().BinForFalseAlarms(rate))});
  }
  cell.histogram = HistogramOf(distribution);
  return cell;
}

void AddTransfers(const CellPoints& before, const CellPoints& after, ThresholdFigures& figures) {
  for (const double rate : kFalseAcceptRates) {
    if (!before.of().CanTellFalseAccepts(rate) || !after.of().CanTellFalseAccepts(rate)) continue;
    const size_t bin = before.of().BinForFalseAccepts(rate);
    figures.pair_transfers.push_back({rate, before.PairsAt(bin), after.PairsAt(bin),
                                      after.PairsAt(after.of().BinForFalseAccepts(rate))});
  }
  for (const double rate : kFalseAlarmRates) {
    if (!before.of().CanTellFalseAlarms(rate) || !after.of().CanTellFalseAlarms(rate)) continue;
    const size_t bin = before.of().BinForFalseAlarms(rate);
    figures.search_transfers.push_back({rate, before.SearchesAt(bin), after.SearchesAt(bin),
                                        after.SearchesAt(after.of().BinForFalseAlarms(rate))});
  }
}

}  // namespace

double ThresholdOf(Distance distance, double score) {
  return distance == Distance::kCosine ? score : std::sqrt(std::max(0.0, -score));
}

ThresholdFigures ThresholdSection(const GraphRequest& request,
                                  const std::vector<ScoredCell>& cells) {
  ThresholdFigures figures;
  const UpgradeNames names = request.upgrade.value_or(UpgradeNames());
  std::optional<CellPoints> before, after;
  for (const CellName& name : request.cells) {
    const ScoredCell* cell = FindScored(cells, name);
    if (cell == nullptr) continue;
    const ScoreDistribution& distribution = *cell->scores.distribution;
    if (!HasBothKinds(distribution)) continue;
    const CellPoints points(distribution);
    figures.cells.push_back(CellOf(name, distribution, points));
    if (!request.upgrade) continue;
    if (name == CellName{names.old_model, names.old_model}) before.emplace(points);
    if (name == CellName{names.new_model, names.old_model}) after.emplace(points);
  }
  if (before && after) AddTransfers(*before, *after, figures);
  return figures;
}

}  // namespace bcr
