#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace bcr {

class BlockSource;

// Told how many scores were yielded since it was told last, from one thread at a time.
using ScoreWatcher = std::function<void(int64_t scores)>;

// `source`, whose blocks somebody watches: for progress. Changes no score.
std::unique_ptr<BlockSource> NewWatchedSource(std::unique_ptr<BlockSource> source,
                                              ScoreWatcher watcher);

}  // namespace bcr
