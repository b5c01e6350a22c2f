#include "harness/eval/statistics/estimate.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "harness/eval/statistics/bounded_mean.h"
#include "harness/eval/statistics/difference.h"
#include "harness/eval/statistics/group_table.h"
#include "harness/eval/statistics/half_samples.h"

namespace bcr {
namespace {

void Refuse(std::string found, std::string expected) {
  throw Error(ErrorCode::kData, {.where = "statistics over identities",
                                 .found = std::move(found),
                                 .expected = std::move(expected)});
}

void CheckOptions(const EstimateOptions& options) {
  const double level = options.level;
  if (options.resamples < 1) {
    Refuse(fmt::format("{} resamples", options.resamples), "1 or more");
  }
  if (!(level > 0 && level < 1)) Refuse(fmt::format("level {}", level), "between 0 and 1");
}

void CheckColumn(const ValueColumn& column, const std::vector<std::string>& groups) {
  if (column.values.size() != groups.size() || column.valid.size() != groups.size()) {
    Refuse(fmt::format("{} values, {} validity flags, {} identities", column.values.size(),
                       column.valid.size(), groups.size()),
           "one of each a query");
  }
  bool any = false;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (!column.valid[i]) continue;
    any = true;
    if (!std::isfinite(column.values[i])) {
      Refuse(fmt::format("{} in row {} (identity {})", column.values[i], i, groups[i]),
             "finite values");
    }
  }
  if (!any) Refuse("no valid query", "at least one");
}

// Means on the data itself, summed in row order.
std::vector<double> MeansOf(const std::vector<ValueColumn>& columns) {
  std::vector<double> means;
  for (const ValueColumn& column : columns) {
    double sum = 0, count = 0;
    for (size_t i = 0; i < column.values.size(); ++i) {
      if (!column.valid[i]) continue;
      sum += column.values[i];
      count += 1;
    }
    means.push_back(sum / count);
  }
  return means;
}

// The interval of a level or a share, around the value that the estimate already has.
void SetBoundedInterval(const GroupTable& table, const Statistic& statistic, double level,
                        Estimate& estimate) {
  Interval interval;
  Trials trials;
  if (statistic.share_of) {
    trials = TrialsOf(table, *statistic.share_of, 0, 1, kSharePrior);
    interval = ShareInterval(trials, level);
  } else {
    const auto& [column, least, most] = *statistic.level;
    trials = TrialsOf(table, column, least, most, kLevelPrior);
    interval = LevelInterval(trials, level);
    interval.low = least + (most - least) * interval.low;
    interval.high = least + (most - least) * interval.high;
  }
  // The value was summed in another order than the identities' sums.
  estimate.low = std::min(interval.low, *estimate.value);
  estimate.high = std::max(interval.high, *estimate.value);
  estimate.few = trials.identities < kFewIdentities || trials.telling < kTellingIdentities;
}

// Of a function of the means that is no difference.
void SetFunction(std::vector<double>& values, const HalfSamples& samples,
                 const EstimateOptions& options, Estimate& estimate) {
  const double halves = static_cast<double>(values.size()) + estimate.undefined_resamples;
  if (estimate.undefined_resamples > options.most_undefined * halves) {
    estimate.reason = fmt::format("no interval: undefined on {} of {} half-samples",
                                  estimate.undefined_resamples, halves);
    return;
  }
  std::sort(values.begin(), values.end());
  SetTypicalInterval(values, samples, options.level, estimate);
}

// A column's mean, of which nothing more is said.
Statistic MeanOf(size_t column) {
  Statistic statistic;
  statistic.of = [column](std::span<const double> means) { return std::optional(means[column]); };
  statistic.undefined = "no valid query";
  return statistic;
}

bool IsBounded(const Statistic& statistic) { return statistic.level || statistic.share_of; }

// The intervals that rest on half-samples, all on the same ones.
void SetResampled(const std::vector<ValueColumn>& columns, const std::vector<std::string>& groups,
                  const GroupTable& table, const std::vector<Statistic>& statistics,
                  const EstimateOptions& options, std::vector<Estimate>& estimates) {
  std::vector<const Statistic*> wanted;
  std::vector<Estimate*> targets;
  for (size_t s = 0; s < statistics.size(); ++s) {
    if (IsBounded(statistics[s]) || !estimates[s].value) continue;
    wanted.push_back(&statistics[s]);
    targets.push_back(&estimates[s]);
  }
  if (wanted.empty()) return;
  HalfSamples samples = DrawHalfSamples(table, wanted, options);
  for (size_t s = 0; s < wanted.size(); ++s) {
    targets[s]->undefined_resamples = samples.undefined[s];
    if (const auto& pair = wanted[s]->difference) {
      SetDifference(columns[pair->first], columns[pair->second], groups, samples, samples.values[s],
                    options.level, *targets[s]);
    } else {
      SetFunction(samples.values[s], samples, options, *targets[s]);
      // Undefined on some halves: its denominator is not told from 0.
      targets[s]->few =
          targets[s]->undefined_resamples > 0 || EffectiveIdentities(table, 0) < kFewIdentities;
    }
  }
}

}  // namespace

Statistic LevelOf(size_t column, double least, double most) {
  Statistic statistic = MeanOf(column);
  statistic.level = Statistic::Level{column, least, most};
  return statistic;
}

Statistic ShareOf(size_t column) {
  Statistic statistic = MeanOf(column);
  statistic.share_of = column;
  return statistic;
}

Statistic DifferenceOf(size_t minuend, size_t subtrahend) {
  Statistic statistic = DifferenceIn(minuend, minuend, subtrahend);
  statistic.of = [=](std::span<const double> means) {
    return std::optional(means[minuend] - means[subtrahend]);
  };
  return statistic;
}

Statistic DifferenceIn(size_t of, size_t minuend, size_t subtrahend) {
  Statistic statistic = MeanOf(of);
  statistic.difference = {minuend, subtrahend};
  return statistic;
}

std::vector<Estimate> EstimateAll(const std::vector<ValueColumn>& columns,
                                  const std::vector<std::string>& groups,
                                  const std::vector<Statistic>& statistics,
                                  const EstimateOptions& options) {
  CheckOptions(options);
  for (const ValueColumn& column : columns) CheckColumn(column, groups);
  const GroupTable table(columns, groups);

  std::vector<Estimate> estimates(statistics.size());
  const std::vector<double> means = MeansOf(columns);
  for (size_t s = 0; s < statistics.size(); ++s) {
    const std::optional<double> value = statistics[s].of(means);
    if (value && std::isfinite(*value)) {
      estimates[s].value = value;
    } else {
      estimates[s].reason = statistics[s].undefined;
      continue;
    }
    if (table.groups() == 1 && !statistics[s].share_of) {
      estimates[s].reason = "no interval: all queries show one identity";
    } else if (IsBounded(statistics[s])) {
      SetBoundedInterval(table, statistics[s], options.level, estimates[s]);
    }
  }
  if (table.groups() > 1) {
    SetResampled(columns, groups, table, statistics, options, estimates);
  }
  return estimates;
}

}  // namespace bcr
