#include "harness/eval/statistics/verification.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"

namespace bcr {
namespace {

std::vector<float> Sorted(std::span<const float> distances, const char* kind) {
  std::vector<float> sorted(distances.begin(), distances.end());
  const auto refuse = [&](std::string found, const char* expected) {
    throw Error(ErrorCode::kData, {.where = fmt::format("verification: {} pairs", kind),
                                   .found = std::move(found),
                                   .expected = expected});
  };
  if (sorted.empty()) refuse("none", "at least one");
  for (const float distance : sorted) {
    if (!std::isfinite(distance)) refuse(fmt::format("{}", distance), "finite distances");
  }
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

// Share of ascending values that are at most (below, where `strict`) the threshold.
double Share(const std::vector<float>& values, float threshold, bool strict) {
  const auto end = strict ? std::lower_bound(values.begin(), values.end(), threshold)
                          : std::upper_bound(values.begin(), values.end(), threshold);
  return static_cast<double>(end - values.begin()) / static_cast<double>(values.size());
}

}  // namespace

Verification::Verification(std::span<const float> genuine, std::span<const float> impostor)
    : genuine_(Sorted(genuine, "genuine")), impostor_(Sorted(impostor, "impostor")) {}

AcceptRates Verification::At(float threshold) const {
  return {Share(genuine_, threshold, false), Share(impostor_, threshold, false)};
}

double Verification::TarAtFar(double far) const {
  if (!(far >= 0 && far <= 1)) {
    throw Error(ErrorCode::kUsage, {.where = "verification: false accept rate",
                                    .found = fmt::format("{}", far),
                                    .expected = "0 to 1"});
  }
  // So many impostors may pass; the threshold stays below the next one. The small term takes back
  // what a product such as 0.1 * 30 loses to rounding.
  const auto allowed =
      static_cast<size_t>(far * static_cast<double>(impostor_.size()) * (1 + 1e-12));
  if (allowed >= impostor_.size()) return 1;
  return Share(genuine_, impostor_[allowed], true);
}

}  // namespace bcr
