#include "harness/eval/statistics/difference.h"

#include <algorithm>
#include <cmath>

#include "harness/eval/statistics/bounded_mean.h"
#include "harness/eval/statistics/group_table.h"
#include "harness/eval/statistics/half_samples.h"

namespace bcr {
namespace {

// Two sums of the same terms in another grouping may differ by rounding: they count as equal.
constexpr double kRounding = 1e-13;

// What got better, what got worse, both sides themselves, and queries of equal values strictly
// between 0 and 1.
enum Column : size_t { kUp, kDown, kNow, kBefore, kInside };

std::vector<ValueColumn> PartsOf(const ValueColumn& minuend, const ValueColumn& subtrahend) {
  const size_t n = minuend.values.size();
  std::vector<bool> valid(n);
  for (size_t i = 0; i < n; ++i) valid[i] = minuend.valid[i] && subtrahend.valid[i];
  std::vector<ValueColumn> parts(5, {std::vector<double>(n), valid});
  for (size_t i = 0; i < n; ++i) {
    if (!valid[i]) continue;
    const double now = minuend.values[i], before = subtrahend.values[i];
    parts[kUp].values[i] = std::clamp(now - before, 0.0, 1.0);
    parts[kDown].values[i] = std::clamp(before - now, 0.0, 1.0);
    parts[kNow].values[i] = std::clamp(now, 0.0, 1.0);
    parts[kBefore].values[i] = std::clamp(before, 0.0, 1.0);
    parts[kInside].values[i] = now == before && now > 0 && now < 1 ? 1 : 0;
  }
  return parts;
}

// The share of sign patterns whose |sum| is at least the observed one, all of them counted.
double ExactP(const std::vector<double>& sums) {
  double total = 0, magnitude = 0;
  for (const double sum : sums) {
    total += sum;
    magnitude += std::fabs(sum);
  }
  const double threshold = std::fabs(total) - kRounding * magnitude;
  const size_t patterns = size_t{1} << sums.size();
  size_t extreme = 0;
  for (size_t pattern = 0; pattern < patterns; ++pattern) {
    double sum = 0;
    for (size_t g = 0; g < sums.size(); ++g) sum += (pattern >> g & 1) != 0 ? sums[g] : -sums[g];
    extreme += std::fabs(sum) >= threshold ? 1 : 0;
  }
  return static_cast<double>(extreme) / static_cast<double>(patterns);
}

// MOVER of the difference of two means between 0 and `most`: each end moves away from the
// difference by the root of the summed squares of the two means' own distances.
Interval Mover(const GroupTable& table, Column from, Column less, double most, double level) {
  const Interval a = LevelInterval(TrialsOf(table, from, 0, most, kSharePrior), level);
  const Interval b = LevelInterval(TrialsOf(table, less, 0, most, kSharePrior), level);
  const double difference = a.value - b.value;
  return {most * difference, most * (difference - std::hypot(a.value - a.low, b.high - b.value)),
          most * (difference + std::hypot(a.high - a.value, b.value - b.low))};
}

// Moves the bounds that do not decide outwards to MOVER's of the parts, as if no query could change
// by more than the most seen: signs alone do not know how skew the differences of people are of
// whom few were seen.
void Widen(const GroupTable& table, double most, double level, Estimate& estimate) {
  if (!estimate.low) return;
  const Interval mover = Mover(table, kUp, kDown, most, level);
  if (*estimate.low <= 0) estimate.low = std::min(*estimate.low, mover.low);
  if (*estimate.high >= 0) estimate.high = std::max(*estimate.high, mover.high);
}

// Whether both sides are means of values in [0, 1]; differences of differences are not.
bool AreUnitMeans(const ValueColumn& minuend, const ValueColumn& subtrahend) {
  for (const ValueColumn* side : {&minuend, &subtrahend}) {
    for (size_t i = 0; i < side->values.size(); ++i) {
      if (side->valid[i] && !(side->values[i] >= 0 && side->values[i] <= 1)) return false;
    }
  }
  return true;
}

void SetByFew(const GroupTable& table, const std::vector<double>& sums, bool unit_means,
              double level, Estimate& estimate) {
  size_t inside = 0;
  for (size_t g = 0; g < table.groups(); ++g) inside += table.Sum(g, kInside) > 0 ? 1 : 0;
  estimate.p_value = ExactP(sums);
  const bool alike = sums.empty() && inside >= kDecidingIdentities;
  Interval either{};
  if (!alike) {
    either = Mover(table, kUp, kDown, 1, level);
  }
  if (!alike && unit_means) {
    // Near 0 and 1 the two sides' own means bound the difference more closely than its parts do.
    const Interval sides = Mover(table, kNow, kBefore, 1, level);
    either.low = std::max(either.low, sides.low);
    either.high = std::min(either.high, sides.high);
  }
  estimate.few = !alike;
  estimate.low = std::min({0.0, either.low, *estimate.value});
  estimate.high = std::max({0.0, either.high, *estimate.value});
}

}  // namespace

void SetDifference(const ValueColumn& minuend, const ValueColumn& subtrahend,
                   const std::vector<std::string>& groups, const HalfSamples& samples,
                   std::vector<double>& values, double level, Estimate& estimate) {
  const std::vector<ValueColumn> parts = PartsOf(minuend, subtrahend);
  double most = 0;  // of a query's change
  for (const Column part : {kUp, kDown}) {
    const std::vector<double>& changes = parts[part].values;
    most = std::max(most, *std::max_element(changes.begin(), changes.end()));
  }
  const GroupTable table(parts, groups);
  std::vector<double> sums;  // of identities with a difference
  for (size_t g = 0; g < table.groups(); ++g) {
    if (table.Sum(g, kUp) > 0 || table.Sum(g, kDown) > 0) {
      sums.push_back(table.Sum(g, kUp) - table.Sum(g, kDown));
    }
  }
  estimate.few = sums.size() < kSkewIdentities || EffectiveIdentities(table, kUp) < kFewIdentities;
  if (sums.size() < kDecidingIdentities) {
    SetByFew(table, sums, AreUnitMeans(minuend, subtrahend), level, estimate);
    return;
  }
  for (double& value : values) value = std::fabs(value) <= kRounding ? 0 : value;
  std::sort(values.begin(), values.end());
  estimate.p_value = TypicalP(values, samples);
  SetTypicalInterval(values, samples, level, estimate);
  if (sums.size() < kSkewIdentities) Widen(table, most, level, estimate);
}

}  // namespace bcr
