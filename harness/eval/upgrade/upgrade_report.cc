#include "harness/eval/upgrade/upgrade_report.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>

#include "harness/core/error.h"
#include "harness/eval/scorer.h"
#include "harness/metrics/table.h"
#include "harness/metrics/upgrade_scores.h"

namespace bcr {
namespace {

constexpr const char* kNoParagon = "no paragon was given";
constexpr const char* kNoNewGallery = "no new gallery was given";
constexpr const char* kNoReverse = "no old queries on the new gallery were given";
constexpr const char* kNoRanks = "its queries have no ranks, with ties in the mean";

std::array<const CellScores*, 5> AllOf(const UpgradeCells& cells) {
  return {cells.old_self, cells.cross, cells.new_self, cells.reverse, cells.paragon_self};
}

void CheckCells(const UpgradeCells& cells, size_t identities) {
  const auto refuse = [](std::string found, std::string expected) {
    throw Error(ErrorCode::kData, {.where = "report of an upgrade",
                                   .found = std::move(found),
                                   .expected = std::move(expected)});
  };
  if (cells.old_self == nullptr || cells.cross == nullptr) {
    refuse("a missing cell", "old/old and new/old");
  }
  for (const CellScores* cell : AllOf(cells)) {
    if (cell == nullptr || cell->queries.size() == identities) continue;
    refuse(fmt::format("a cell of {} queries for {} identities", cell->queries.size(), identities),
           "the same queries in every cell");
  }
}

// Columns of one metric, cell by cell, and the statistics on them. The statistics write where they
// belong once all are made: all metrics share the half-samples.
class Plan {
 public:
  Plan(const UpgradeCells& cells, const std::vector<bool>& valid) : cells_(cells), valid_(valid) {}

  void Add(const MetricInfo& metric, UpgradeGains& gains) {
    gains.metric = metric.name;
    for (const MetricInfo* figure : MetricTable()) {
      if (figure->upgrade) gains.figures.push_back({figure->name, {}});
    }
    if (!HasValues(metric)) {
      LeaveOut(gains);
      return;
    }
    const size_t old_self = AddCell(*cells_.old_self, metric, gains.old_self);
    const size_t cross = AddCell(*cells_.cross, metric, gains.cross);
    const auto new_self = TryAddCell(cells_.new_self, metric, kNoNewGallery, gains.new_self);
    const auto reverse = TryAddCell(cells_.reverse, metric, kNoReverse, gains.reverse);
    const auto paragon = TryAddCell(cells_.paragon_self, metric, kNoParagon, gains.paragon_self);
    const std::map<UpgradeCell, std::optional<size_t>> places = {{UpgradeCell::kOldSelf, old_self},
                                                                 {UpgradeCell::kCross, cross},
                                                                 {UpgradeCell::kNewSelf, new_self},
                                                                 {UpgradeCell::kReverse, reverse},
                                                                 {UpgradeCell::kParagon, paragon}};
    for (UpgradeFigure& figure : gains.figures) {
      const UpgradePart& part = *FindMetric(figure.name)->upgrade;
      std::optional<std::pair<size_t, size_t>> difference;
      if (part.difference) {
        const auto from = places.at(part.difference->first),
                   less = places.at(part.difference->second);
        if (from && less) difference.emplace(*from, *less);
      }
      Want({[=, of = part.of](std::span<const double> means) {
              CellMeans m{means[old_self], means[cross], {}, {}, {}};
              if (new_self) m.new_self = means[*new_self];
              if (paragon) m.paragon = means[*paragon];
              if (reverse) m.reverse = means[*reverse];
              return of(m);
            },
            WhyUndefined(part),
            {},
            {},
            difference},
           figure.estimate);
    }
  }

  void Run(const std::vector<std::string>& identities, const EstimateOptions& options) {
    const std::vector<Estimate> estimates = EstimateAll(columns_, identities, statistics_, options);
    for (size_t s = 0; s < estimates.size(); ++s) *targets_[s] = estimates[s];
  }

 private:
  // A cell that was not given is named before a formula that has no value.
  std::string WhyUndefined(const UpgradePart& part) const {
    if (part.needs_paragon && cells_.paragon_self == nullptr) return kNoParagon;
    if (part.needs_new && cells_.new_self == nullptr) return kNoNewGallery;
    if (part.needs_reverse && cells_.reverse == nullptr) return kNoReverse;
    return part.undefined;
  }

  bool HasValues(const MetricInfo& metric) const {
    for (const CellScores* cell : AllOf(cells_)) {
      for (size_t i = 0; cell != nullptr && i < valid_.size(); ++i) {
        if (valid_[i] && !ValueOf(cell->queries[i], metric)) return false;
      }
    }
    return true;
  }

  static void LeaveOut(UpgradeGains& gains) {
    for (Estimate* mean :
         {&gains.old_self, &gains.cross, &gains.new_self, &gains.reverse, &gains.paragon_self}) {
      mean->reason = kNoRanks;
    }
    for (UpgradeFigure& figure : gains.figures) figure.estimate.reason = kNoRanks;
  }

  size_t AddCell(const CellScores& cell, const MetricInfo& metric, Estimate& mean) {
    ValueColumn column{std::vector<double>(valid_.size()), valid_};
    for (size_t i = 0; i < valid_.size(); ++i) {
      if (valid_[i]) column.values[i] = *ValueOf(cell.queries[i], metric);
    }
    columns_.push_back(std::move(column));
    const size_t place = columns_.size() - 1;
    const bool share = metric.query->value == QueryValue::kHitWithin;
    Want(share ? ShareOf(place) : LevelOf(place), mean);
    return place;
  }

  std::optional<size_t> TryAddCell(const CellScores* cell, const MetricInfo& metric,
                                   const char* absent, Estimate& mean) {
    if (cell != nullptr) return AddCell(*cell, metric, mean);
    mean.reason = absent;
    return std::nullopt;
  }

  void Want(Statistic statistic, Estimate& into) {
    statistics_.push_back(std::move(statistic));
    targets_.push_back(&into);
  }

  const UpgradeCells& cells_;
  const std::vector<bool>& valid_;
  std::vector<ValueColumn> columns_;
  std::vector<Statistic> statistics_;
  std::vector<Estimate*> targets_;
};

UpgradeRegressions NoRegressions(const UpgradeOptions& options, const char* reason) {
  UpgradeRegressions regressions;
  for (const int rank : options.flip_ranks) {
    Flips flips;
    flips.rank = rank;
    flips.reason = reason;
    regressions.flips.push_back(flips);
  }
  regressions.ap_drops.rate.reason = regressions.ap_drops.mean_negative_change.reason = reason;
  return regressions;
}

UpgradeRegressions RegressionsOf(const CellScores& before, const CellScores& now,
                                 const std::vector<std::string>& identities,
                                 const UpgradeOptions& options) {
  UpgradeRegressions regressions;
  for (const int rank : options.flip_ranks) {
    regressions.flips.push_back(CountFlips(before, now, identities, rank, options.bootstrap));
  }
  regressions.ap_drops =
      CountApDrops(before, now, identities, options.ap_tolerance, options.bootstrap);
  return regressions;
}

}  // namespace

const Estimate& UpgradeGains::operator[](std::string_view name) const {
  const auto found = std::find_if(figures.begin(), figures.end(),
                                  [&](const UpgradeFigure& figure) { return figure.name == name; });
  BCR_CHECK(found != figures.end(),
            "a figure of an upgrade that the table of metrics does not know");
  return found->estimate;
}

UpgradeReport ReportUpgrade(const UpgradeCells& cells, const std::vector<std::string>& identities,
                            const UpgradeOptions& options) {
  CheckCells(cells, identities.size());
  std::vector<bool> valid(identities.size());
  std::set<std::string> seen;
  UpgradeReport report;
  for (size_t i = 0; i < identities.size(); ++i) {
    valid[i] = true;
    for (const CellScores* cell : AllOf(cells)) {
      if (cell != nullptr && !cell->queries[i].valid) valid[i] = false;
    }
    if (!valid[i]) continue;
    seen.insert(identities[i]);
    ++report.queries;
  }
  report.identities = seen.size();

  MetricList metrics;
  for (const MetricInfo* metric : QueryMetrics()) {
    if (metric->query->in_upgrade) metrics.push_back(metric);
  }
  report.gains.resize(metrics.size());
  Plan plan(cells, valid);
  for (size_t m = 0; m < metrics.size(); ++m) plan.Add(*metrics[m], report.gains[m]);
  plan.Run(identities, options.bootstrap);
  for (UpgradeGains& gains : report.gains) gains.verdict = JudgeGain(gains["gain"]);
  report.verdict = report.gains.front().verdict;
  report.at_deployment = RegressionsOf(*cells.old_self, *cells.cross, identities, options);
  report.at_end = cells.new_self == nullptr
                      ? NoRegressions(options, kNoNewGallery)
                      : RegressionsOf(*cells.old_self, *cells.new_self, identities, options);
  return report;
}

}  // namespace bcr
