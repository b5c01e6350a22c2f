#include "harness/eval/upgrade/upgrade_report.h"

#include <fmt/core.h>

#include <functional>
#include <set>

#include "harness/core/error.h"
#include "harness/eval/scorer.h"
#include "harness/eval/upgrade/upgrade_scores.h"

namespace bcr {
namespace {

constexpr const char* kNoParagon = "no paragon was given";
constexpr const char* kNoNewGallery = "no new gallery was given";
constexpr const char* kNoReverse = "no old queries on the new gallery were given";
constexpr const char* kNoRoom = "the paragon does not beat the old model";

// A metric of one query; its mean over queries is M.
struct QueryMetric {
  const char* name;
  double (*of)(const QueryScore&);
  bool share;  // of hits
};

constexpr QueryMetric kMetrics[] = {
    {"map_hits", [](const QueryScore& query) { return query.ap_hits; }, false},
    {"map_trapezoid", [](const QueryScore& query) { return query.ap_trapezoid; }, false},
    {"minp", [](const QueryScore& query) { return query.inp; }, false},
    {"cmc1", [](const QueryScore& query) { return HitWithin(query, 1); }, true},
};

void CheckCells(const UpgradeCells& cells, size_t identities) {
  const auto refuse = [](std::string found, std::string expected) {
    throw Error(ErrorCode::kData, {.where = "report of an upgrade",
                                   .found = std::move(found),
                                   .expected = std::move(expected)});
  };
  if (cells.old_self == nullptr || cells.cross == nullptr) {
    refuse("a missing cell", "old/old and new/old");
  }
  for (const CellScores* cell :
       {cells.old_self, cells.cross, cells.new_self, cells.reverse, cells.paragon_self}) {
    if (cell == nullptr || cell->queries.size() == identities) continue;
    refuse(fmt::format("a cell of {} queries for {} identities", cell->queries.size(), identities),
           "the same queries in every cell");
  }
}

// Columns of one metric, cell by cell, and the statistics on them. The statistics write where they
// belong once the bootstrap has run: all metrics share its resamples.
class Plan {
 public:
  Plan(const UpgradeCells& cells, const std::vector<bool>& valid) : cells_(cells), valid_(valid) {}

  void Add(const QueryMetric& metric, UpgradeGains& gains) {
    gains.metric = metric.name;
    const size_t old_self = AddCell(*cells_.old_self, metric, gains.old_self);
    const size_t cross = AddCell(*cells_.cross, metric, gains.cross);
    const auto new_self = TryAddCell(cells_.new_self, metric, kNoNewGallery, gains.new_self);
    Want(DifferenceOf(cross, old_self), gains.gain);
    const auto reverse = TryAddCell(cells_.reverse, metric, kNoReverse, gains.reverse);
    if (reverse) {
      Want(DifferenceOf(*reverse, old_self), gains.reverse_gain);
    } else {
      gains.reverse_gain.reason = kNoReverse;
    }
    const auto paragon = TryAddCell(cells_.paragon_self, metric, kNoParagon, gains.paragon_self);
    const auto want = [&](std::optional<double> (*of)(const CellMeans&), const char* undefined,
                          Estimate& into) {
      Want({[=](std::span<const double> means) {
              CellMeans m{means[old_self], means[cross], {}, {}};
              if (new_self) m.new_self = means[*new_self];
              if (paragon) m.paragon = means[*paragon];
              return of(m);
            },
            undefined,
            {}},
           into);
    };
    const auto with_new = [&](const char* undefined) {
      return new_self ? undefined : kNoNewGallery;
    };
    const auto with_paragon = [&](const char* undefined) {
      return paragon ? undefined : kNoParagon;
    };
    const auto with_both = [&](const char* undefined) { return with_paragon(with_new(undefined)); };
    want(RelativeGain, "the old model finds nothing", gains.relative_gain);
    want(UpperBoundFraction, with_new("the new model finds nothing"), gains.upper_bound_fraction);
    want(UpdateGain, with_paragon(kNoRoom), gains.update_gain);
    want(Tax, with_both(kNoParagon), gains.tax);
    want(RelativeTax, with_both("the paragon finds nothing"), gains.relative_tax);
    want(PUp, with_both("the paragon finds nothing"), gains.p_up);
    want(PComp, with_paragon(kNoRoom), gains.p_comp);
    want(POne, with_both(kNoRoom), gains.p_1);
  }

  void Run(const std::vector<std::string>& identities, const BootstrapOptions& options) {
    const std::vector<Estimate> estimates = Bootstrap(columns_, identities, statistics_, options);
    for (size_t s = 0; s < estimates.size(); ++s) *targets_[s] = estimates[s];
  }

 private:
  size_t AddCell(const CellScores& cell, const QueryMetric& metric, Estimate& mean) {
    ValueColumn column{std::vector<double>(valid_.size()), valid_};
    for (size_t i = 0; i < valid_.size(); ++i) {
      if (valid_[i]) column.values[i] = metric.of(cell.queries[i]);
    }
    columns_.push_back(std::move(column));
    const size_t place = columns_.size() - 1;
    Want(metric.share ? ShareOf(place) : MeanOf(place), mean);
    return place;
  }

  std::optional<size_t> TryAddCell(const CellScores* cell, const QueryMetric& metric,
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

UpgradeReport ReportUpgrade(const UpgradeCells& cells, const std::vector<std::string>& identities,
                            const UpgradeOptions& options) {
  CheckCells(cells, identities.size());
  std::vector<bool> valid(identities.size());
  std::set<std::string> seen;
  UpgradeReport report;
  for (size_t i = 0; i < identities.size(); ++i) {
    valid[i] = true;
    for (const CellScores* cell :
         {cells.old_self, cells.cross, cells.new_self, cells.reverse, cells.paragon_self}) {
      if (cell != nullptr && !cell->queries[i].valid) valid[i] = false;
    }
    if (!valid[i]) continue;
    seen.insert(identities[i]);
    ++report.queries;
  }
  report.identities = seen.size();

  report.gains.resize(std::size(kMetrics));
  Plan plan(cells, valid);
  for (size_t m = 0; m < std::size(kMetrics); ++m) plan.Add(kMetrics[m], report.gains[m]);
  plan.Run(identities, options.bootstrap);
  for (UpgradeGains& gains : report.gains) gains.verdict = JudgeGain(gains.gain);
  report.verdict = report.gains.front().verdict;
  report.at_deployment = RegressionsOf(*cells.old_self, *cells.cross, identities, options);
  report.at_end = cells.new_self == nullptr
                      ? NoRegressions(options, kNoNewGallery)
                      : RegressionsOf(*cells.old_self, *cells.new_self, identities, options);
  return report;
}

}  // namespace bcr
