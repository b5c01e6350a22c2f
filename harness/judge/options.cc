#include "harness/judge/options.h"

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/judge/search.h"

namespace bcr {

namespace {

void CheckPolicy(const SectionsAsked& asked, Policy policy) {
  if (policy != Policy::kCuhk03SingleShot) return;
  const std::pair<bool, const char*> wanted[] = {{!asked.episodes.empty(), "--episodes"},
                                                 {!asked.candidates.empty(), "--candidates"}};
  for (const auto& [given, name] : wanted) {
    if (!given) continue;
    throw Error(
        ErrorCode::kUsage,
        {name, fmt::format("the policy {}", PolicyName(policy)), "market, camera or none",
         "It keeps one image of every identity, where all of them are needed; use camera."});
  }
}

}  // namespace

bool SectionsAsked::NeedsRows() const {
  return pairs || backfill || slices || thresholds || lists || changes > 0 || !search.empty() ||
         !episodes.empty() || !candidates.empty();
}

void CheckAsked(const SectionsAsked& asked, const JudgeOptions& options) {
  if (!asked.search.empty()) RequireSearch();
  CheckPolicy(asked, options.scoring.policy);
  if (!options.rerank) return;
  const std::pair<bool, const char*> others[] = {{asked.pairs, "--pairs"},
                                                 {asked.backfill, "--backfill"},
                                                 {asked.slices, "--slices"},
                                                 {asked.thresholds, "--thresholds"},
                                                 {asked.changes_by_camera, "--worst"},
                                                 {!asked.search.empty(), "--search"},
                                                 {!asked.episodes.empty(), "--episodes"},
                                                 {!asked.candidates.empty(), "--candidates"},
                                                 {options.source != nullptr, "--device cuda"}};
  for (const auto& [given, name] : others) {
    if (!given) continue;
    throw Error(ErrorCode::kUsage, {"--rerank", std::string("together with ") + name,
                                    "one of the two", "Run them one after the other."});
  }
}

EstimateOptions StatisticsOf(const JudgeOptions& options) {
  return {.seed = DeriveSeed(static_cast<uint64_t>(options.seed), "bootstrap"),
          .resamples = options.resamples};
}

}  // namespace bcr
