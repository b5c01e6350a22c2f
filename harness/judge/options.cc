#include "harness/judge/options.h"

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/judge/search.h"

namespace bcr {

void CheckAsked(const SectionsAsked& asked, const JudgeOptions& options) {
  if (!asked.search.empty()) RequireSearch();
  if (!options.rerank) return;
  const std::pair<bool, const char*> others[] = {{asked.pairs, "--pairs"},
                                                 {asked.backfill, "--backfill"},
                                                 {asked.slices, "--slices"},
                                                 {asked.thresholds, "--thresholds"},
                                                 {asked.changes_by_camera, "--worst"},
                                                 {!asked.search.empty(), "--search"},
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
