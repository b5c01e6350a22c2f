#include "harness/eval/statistics/bootstrap.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "harness/core/error.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

void Refuse(std::string found, std::string expected) {
  throw Error(ErrorCode::kData, {.where = "bootstrap over identities",
                                 .found = std::move(found),
                                 .expected = std::move(expected)});
}

void CheckOptions(int resamples, double level) {
  if (resamples < 1) Refuse(fmt::format("{} resamples", resamples), "1 or more");
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

// Draws what Random::Below(n) draws, with the division that depends on n alone done once.
class Draw {
 public:
  Draw(uint64_t seed, uint64_t n) : random_(seed), n_(n), reject_((0 - n) % n) {}
  size_t Next() {
    uint64_t value = random_.Next();
    while (value < reject_) value = random_.Next();
    return value % n_;
  }

 private:
  Random random_;
  const uint64_t n_;
  const uint64_t reject_;
};

// Sums and counts of every column by identity, identities in the order of their names: the interval
// does not depend on row order beyond rounding. Row g holds the sums of all columns, then their
// counts.
class GroupTable {
 public:
  GroupTable(const std::vector<ValueColumn>& columns, const std::vector<std::string>& groups)
      : columns_(columns.size()) {
    std::vector<size_t> order(groups.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return groups[a] < groups[b]; });
    for (size_t i = 0, end; i < order.size(); i = end) {
      end = i + 1;
      while (end < order.size() && groups[order[end]] == groups[order[i]]) ++end;
      AddGroup(columns, {order.data() + i, end - i});
    }
  }

  size_t groups() const { return table_.size() / width(); }
  size_t width() const { return 2 * columns_; }
  const double* row(size_t g) const { return table_.data() + g * width(); }
  double Sum(size_t g, size_t column) const { return row(g)[column]; }
  double Count(size_t g, size_t column) const { return row(g)[columns_ + column]; }

 private:
  void AddGroup(const std::vector<ValueColumn>& columns, std::span<const size_t> rows) {
    const size_t at = table_.size();
    table_.resize(at + width(), 0.0);
    bool any = false;
    for (size_t c = 0; c < columns_; ++c) {
      for (const size_t i : rows) {
        if (!columns[c].valid[i]) continue;
        table_[at + c] += columns[c].values[i];
        table_[at + columns_ + c] += 1;
        any = true;
      }
    }
    if (!any) table_.resize(at);
  }

  const size_t columns_;
  std::vector<double> table_;
};

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

// Calls `visit` with the columns' means on each resample.
template <typename Visit>
void Resample(const GroupTable& table, size_t columns, const BootstrapOptions& options,
              const Visit& visit) {
  const size_t groups = table.groups();
  const size_t width = table.width();
  Draw draw(DeriveSeed(options.seed, "bootstrap"), groups);
  std::vector<double> drawn(width), means(columns);
  for (int r = 0; r < options.resamples; ++r) {
    std::fill(drawn.begin(), drawn.end(), 0.0);
    for (size_t k = 0; k < groups; ++k) {
      const double* row = table.row(draw.Next());
      for (size_t j = 0; j < width; ++j) drawn[j] += row[j];
    }
    for (size_t c = 0; c < columns; ++c) means[c] = drawn[c] / drawn[columns + c];
    visit(means);
  }
}

// Linear interpolation between order statistics (Hyndman and Fan 1996, type 7).
double Percentile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const size_t below = static_cast<size_t>(place);
  if (below + 1 >= sorted.size()) return sorted.back();
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

std::optional<double> Evaluate(const Statistic& statistic, std::span<const double> means) {
  const std::optional<double> value = statistic.of(means);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

void SetInterval(std::vector<double>& resampled, const BootstrapOptions& options,
                 Estimate& estimate) {
  const double share =
      static_cast<double>(estimate.undefined_resamples) / static_cast<double>(options.resamples);
  if (resampled.empty() || share > options.most_undefined) {
    estimate.reason = fmt::format("no interval: undefined on {} of {} resamples",
                                  estimate.undefined_resamples, options.resamples);
    return;
  }
  std::sort(resampled.begin(), resampled.end());
  estimate.low = Percentile(resampled, (1 - options.level) / 2);
  estimate.high = Percentile(resampled, (1 + options.level) / 2);
}

// See kEdgeIdentities.
void WidenAtEdges(const GroupTable& table, size_t column, const BootstrapOptions& options,
                  Estimate& estimate) {
  size_t with_hit = 0, with_miss = 0;
  double sum = 0, squares = 0;
  for (size_t g = 0; g < table.groups(); ++g) {
    const double count = table.Count(g, column);
    with_hit += table.Sum(g, column) > 0 ? 1 : 0;
    with_miss += table.Sum(g, column) < count ? 1 : 0;
    sum += count;
    squares += count * count;
  }
  if (std::min(with_hit, with_miss) >= kEdgeIdentities) return;
  const Interval wilson =
      WilsonInterval(std::clamp(*estimate.value, 0.0, 1.0), sum * sum / squares, options.level);
  estimate.low = std::min(wilson.low, estimate.low.value_or(wilson.low));
  estimate.high = std::max(wilson.high, estimate.high.value_or(wilson.high));
  estimate.reason.clear();
}

}  // namespace

Statistic MeanOf(size_t column) {
  return {[column](std::span<const double> means) { return std::optional(means[column]); },
          "no valid query",
          {}};
}

Statistic ShareOf(size_t column) {
  Statistic statistic = MeanOf(column);
  statistic.share_of = column;
  return statistic;
}

Statistic DifferenceOf(size_t minuend, size_t subtrahend) {
  return {[=](std::span<const double> means) {
            return std::optional(means[minuend] - means[subtrahend]);
          },
          "no valid query",
          {}};
}

std::vector<Estimate> Bootstrap(const std::vector<ValueColumn>& columns,
                                const std::vector<std::string>& groups,
                                const std::vector<Statistic>& statistics,
                                const BootstrapOptions& options) {
  CheckOptions(options.resamples, options.level);
  for (const ValueColumn& column : columns) CheckColumn(column, groups);
  const GroupTable table(columns, groups);

  std::vector<Estimate> estimates(statistics.size());
  const std::vector<double> means = MeansOf(columns);
  for (size_t s = 0; s < statistics.size(); ++s) {
    estimates[s].value = Evaluate(statistics[s], means);
    if (!estimates[s].value) estimates[s].reason = statistics[s].undefined;
  }
  if (table.groups() > 1) {
    std::vector<std::vector<double>> resampled(statistics.size());
    Resample(table, columns.size(), options, [&](std::span<const double> drawn) {
      for (size_t s = 0; s < statistics.size(); ++s) {
        if (!estimates[s].value) continue;
        const std::optional<double> value = Evaluate(statistics[s], drawn);
        if (value) {
          resampled[s].push_back(*value);
        } else {
          ++estimates[s].undefined_resamples;
        }
      }
    });
    for (size_t s = 0; s < statistics.size(); ++s) {
      if (estimates[s].value) SetInterval(resampled[s], options, estimates[s]);
    }
  }
  for (size_t s = 0; s < statistics.size(); ++s) {
    Estimate& estimate = estimates[s];
    if (!estimate.value) continue;
    if (table.groups() == 1) estimate.reason = "no interval: all queries show one identity";
    if (statistics[s].share_of) WidenAtEdges(table, *statistics[s].share_of, options, estimate);
  }
  return estimates;
}

Interval BootstrapMean(const std::vector<double>& values, const std::vector<bool>& valid,
                       const std::vector<std::string>& groups, uint64_t seed, int resamples,
                       double level) {
  const std::vector<Estimate> estimates =
      Bootstrap({{values, valid}}, groups, {MeanOf(0)},
                {.seed = seed, .resamples = resamples, .level = level});
  const double value = *estimates[0].value;
  return {value, estimates[0].low.value_or(value), estimates[0].high.value_or(value)};
}

}  // namespace bcr
