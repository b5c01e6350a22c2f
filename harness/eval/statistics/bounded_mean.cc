#include "harness/eval/statistics/bounded_mean.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "harness/eval/statistics/group_table.h"
#include "harness/eval/statistics/quantiles.h"

namespace bcr {
namespace {

constexpr double kRounding = 1e-12;  // of sums of values up to 1

void Refuse(std::string found, std::string expected) {
  throw Error(
      ErrorCode::kData,
      {.where = "interval of a share", .found = std::move(found), .expected = std::move(expected)});
}

void Check(double share, double n, double level) {
  if (!(share >= 0 && share <= 1)) Refuse(fmt::format("share {}", share), "between 0 and 1");
  if (!(n > 0) || !std::isfinite(n)) Refuse(fmt::format("{} trials", n), "more than none");
  if (!(level > 0 && level < 1)) Refuse(fmt::format("level {}", level), "between 0 and 1");
}

Interval ScoreInterval(double share, double n, double z) {
  const double shrink = 1 + z * z / n;
  const double centre = (share + z * z / (2 * n)) / shrink;
  const double half = z / shrink * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  // Rounding must not cut the share itself off at the ends.
  return {share, share == 0 ? 0 : std::fmax(0, centre - half),
          share == 1 ? 1 : std::fmin(1, centre + half)};
}

// P(more hits than these) + P(these) / 2 of n trials with chance p; hits need not be whole.
double MidP(double hits, double n, double p) {
  const double at_least = hits > 0 ? IncompleteBeta(hits, n - hits + 1, p) : 1;
  const double more = hits < n ? IncompleteBeta(hits + 1, n - hits, p) : 0;
  return (at_least + more) / 2;
}

double SolveMidP(double hits, double n, double target) {
  double low = 0, high = 1;
  for (int i = 0; i < 60; ++i) {
    const double middle = low + (high - low) / 2;
    (MidP(hits, n, middle) < target ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

double DegreesOf(const Trials& trials) { return std::max(1.0, trials.identities - 1); }

// The jackknife's variance of the mean over identities; each is left out in turn.
double JackknifeVariance(const GroupTable& table, size_t column, double mean, double total,
                         double least, double range) {
  double sum = 0, n = 0;
  for (size_t g = 0; g < table.groups(); ++g) {
    const double count = table.Count(g, column);
    if (count == 0) continue;
    const double change =
        ((table.Sum(g, column) - least * count) / range - mean * count) / (total - count);
    sum += change * change;
    n += 1;
  }
  return (n - 1) / n * sum;
}

}  // namespace

Interval WilsonInterval(double share, double n, double level) {
  Check(share, n, level);
  return ScoreInterval(share, n, TwoSidedNormal(level));
}

Interval MidPInterval(double share, double n, double level) {
  Check(share, n, level);
  const double hits = share * n;
  return {share, share == 0 ? 0 : std::fmin(share, SolveMidP(hits, n, (1 - level) / 2)),
          share == 1 ? 1 : std::fmax(share, SolveMidP(hits, n, (1 + level) / 2))};
}

double EffectiveIdentities(const GroupTable& table, size_t column) {
  double sum = 0, squares = 0;
  for (size_t g = 0; g < table.groups(); ++g) {
    const double count = table.Count(g, column);
    sum += count;
    squares += count * count;
  }
  return sum * sum / squares;
}

Trials TrialsOf(const GroupTable& table, size_t column, double least, double most,
                const DesignPrior& prior) {
  const double range = most - least;
  double total = 0, sum = 0, present = 0, above = 0, below = 0;
  for (size_t g = 0; g < table.groups(); ++g) {
    const double count = table.Count(g, column);
    const double own = (table.Sum(g, column) - least * count) / range;
    total += count;
    sum += own;
    present += count > 0 ? 1 : 0;
    above += own > kRounding ? 1 : 0;
    below += own < count - kRounding ? 1 : 0;
  }
  Trials trials;
  trials.share = std::clamp(sum / total, 0.0, 1.0);
  trials.identities = EffectiveIdentities(table, column);
  const double expected = 1 + (total / trials.identities - 1) * prior.correlation;
  trials.telling = std::min(above, below);
  const double seen = trials.telling, spread = trials.share * (1 - trials.share);
  double effect = expected;
  if (present > 1 && seen > 0 && spread > 0) {
    const double variance = JackknifeVariance(table, column, trials.share, total, least, range);
    effect = (seen * variance * total / spread + prior.weight * expected) / (seen + prior.weight);
  }
  trials.n = std::max(1.0, total / effect);
  return trials;
}

Interval LevelInterval(const Trials& trials, double level) {
  Check(trials.share, trials.n, level);
  return ScoreInterval(trials.share, trials.n, TwoSidedStudent(level, DegreesOf(trials)));
}

Interval ShareInterval(const Trials& trials, double level) {
  const double narrower = TwoSidedNormal(level) / TwoSidedStudent(level, DegreesOf(trials));
  return MidPInterval(trials.share, std::max(1.0, trials.n * narrower * narrower), level);
}

}  // namespace bcr
