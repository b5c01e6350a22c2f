#pragma once

#include <memory>
#include <string>

#include "harness/eval/watched_source.h"

namespace bcr {

class BlockSource;

// Stages that take less are over before anybody asks, in seconds.
inline constexpr double kShownAfter = 2;

// A bar for a stage of so many scores, shown where it takes longer than that; empty when
// quiet.
ScoreWatcher WatchScores(const std::string& title, size_t scores, bool quiet);

// `source` with such a watcher; itself when quiet.
std::unique_ptr<BlockSource> Watched(std::unique_ptr<BlockSource> source,
                                     const ScoreWatcher& watcher);

}  // namespace bcr
