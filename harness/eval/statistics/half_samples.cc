#include "harness/eval/statistics/half_samples.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "harness/core/random.h"
#include "harness/eval/statistics/group_table.h"

namespace bcr {
namespace {

constexpr size_t kAlwaysExact = 10;  // identities
constexpr size_t kWordBits = 64;

// Sums of one half after another, and the statistics on their means.
class Halves {
 public:
  Halves(const GroupTable& table, const std::vector<const Statistic*>& statistics)
      : table_(table), statistics_(statistics), sums_(table.width()), means_(table.columns()) {
    samples_.values.resize(statistics.size());
    samples_.undefined.resize(statistics.size());
  }

  void Clear() {
    std::fill(sums_.begin(), sums_.end(), 0.0);
    any_ = false;
  }

  void Add(size_t g) {
    const double* row = table_.row(g);
    for (size_t j = 0; j < sums_.size(); ++j) sums_[j] += row[j];
    any_ = true;
  }

  void Evaluate() {
    if (!any_) {
      ++samples_.empty;
      return;
    }
    for (size_t c = 0; c < means_.size(); ++c) means_[c] = sums_[c] / sums_[means_.size() + c];
    for (size_t s = 0; s < statistics_.size(); ++s) {
      const std::optional<double> value = statistics_[s]->of(means_);
      if (value && std::isfinite(*value)) {
        samples_.values[s].push_back(*value);
      } else {
        ++samples_.undefined[s];
      }
    }
  }

  HalfSamples Take(size_t patterns) {
    samples_.patterns = patterns;
    return std::move(samples_);
  }

 private:
  const GroupTable& table_;
  const std::vector<const Statistic*>& statistics_;
  std::vector<double> sums_, means_;
  bool any_ = false;
  HalfSamples samples_;
};

// One half by the bits of a stream of words: identity g is in it where its bit is set.
template <typename NextWord>
void AddHalf(size_t groups, const NextWord& next, Halves& halves) {
  halves.Clear();
  for (size_t begin = 0; begin < groups; begin += kWordBits) {
    uint64_t bits = next();
    const size_t end = std::min(groups, begin + kWordBits);
    for (size_t g = begin; g < end; ++g, bits >>= 1) {
      if ((bits & 1) != 0) halves.Add(g);
    }
  }
  halves.Evaluate();
}

}  // namespace

HalfSamples DrawHalfSamples(const GroupTable& table,
                            const std::vector<const Statistic*>& statistics,
                            const EstimateOptions& options) {
  Halves halves(table, statistics);
  const size_t n = table.groups(), resamples = static_cast<size_t>(options.resamples);
  if (n <= kAlwaysExact || (n < kWordBits && size_t{1} << n <= resamples)) {
    const size_t patterns = size_t{1} << n;
    for (uint64_t pattern = 1; pattern < patterns; ++pattern) {
      AddHalf(
          n, [&] { return pattern; }, halves);
    }
    return halves.Take(patterns);
  }
  Random random(DeriveSeed(options.seed, "half-samples"));
  for (size_t r = 0; r < resamples; ++r) {
    AddHalf(
        n, [&] { return random.Next(); }, halves);
  }
  return halves.Take(resamples + 1);
}

void SetTypicalInterval(const std::vector<double>& sorted, const HalfSamples& samples, double level,
                        Estimate& estimate) {
  const double tail = (1 - level) / 2 * static_cast<double>(samples.patterns);
  const auto place = static_cast<ptrdiff_t>(tail + 1e-9) - static_cast<ptrdiff_t>(samples.empty);
  const auto size = static_cast<ptrdiff_t>(sorted.size());
  if (place < 1 || 2 * place > size) {
    estimate.reason = fmt::format("no interval: {} patterns of halves are too few for {} %",
                                  samples.patterns, 100 * level);
    return;
  }
  estimate.low = sorted[static_cast<size_t>(place - 1)];
  estimate.high = sorted[static_cast<size_t>(size - place)];
}

double TypicalP(const std::vector<double>& sorted, const HalfSamples& samples) {
  const auto at_most = std::upper_bound(sorted.begin(), sorted.end(), 0.0) - sorted.begin();
  const auto at_least = sorted.end() - std::lower_bound(sorted.begin(), sorted.end(), 0.0);
  const double fewer = static_cast<double>(std::min<ptrdiff_t>(at_most, at_least));
  const double as_extreme = 1 + static_cast<double>(samples.empty) + fewer;
  return std::min(1.0, 2 * as_extreme / static_cast<double>(samples.patterns));
}

}  // namespace bcr
