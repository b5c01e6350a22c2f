#include "harness/judge/progress.h"

#include "harness/core/progress.h"
#include "harness/eval/block_source.h"

namespace bcr {
namespace {

constexpr int64_t kScoresAUnit = 1000000;  // shown as "M scores": a hundred million take seconds

}  // namespace

ScoreWatcher WatchScores(const std::string& title, size_t scores, bool quiet) {
  if (quiet) return {};
  const auto total = static_cast<int64_t>(scores) / kScoresAUnit;
  const auto progress = std::make_shared<Progress>(title, total, "M scores", quiet, kShownAfter);
  // Copies of the watcher share one count: two products may be parts of one stage.
  const auto done = std::make_shared<int64_t>(0);
  progress->Update(0);
  return [progress, done](int64_t more) {
    *done += more;
    progress->Update(*done / kScoresAUnit);
  };
}

std::unique_ptr<BlockSource> Watched(std::unique_ptr<BlockSource> source,
                                     const ScoreWatcher& watcher) {
  return watcher ? NewWatchedSource(std::move(source), watcher) : std::move(source);
}

}  // namespace bcr
