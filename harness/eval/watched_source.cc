#include "harness/eval/watched_source.h"

#include <utility>

#include "harness/eval/block_source.h"

namespace bcr {
namespace {

class WatchedSource : public BlockSource {
 public:
  WatchedSource(std::unique_ptr<BlockSource> source, ScoreWatcher watcher)
      : source_(std::move(source)), watcher_(std::move(watcher)) {}

  size_t queries() const override { return source_->queries(); }
  size_t gallery() const override { return source_->gallery(); }
  size_t query_band() const override { return source_->query_band(); }
  bool finite() const override { return source_->finite(); }

  void Fill(size_t q_begin, size_t q_end, size_t g_begin, size_t g_end, int threads,
            float* out) override {
    source_->Fill(q_begin, q_end, g_begin, g_end, threads, out);
    watcher_(static_cast<int64_t>((q_end - q_begin) * (g_end - g_begin)));
  }

  // Scores that the stream will come to again: not counted.
  void FillGroups(std::span<const RowGroup> groups, int threads) override {
    source_->FillGroups(groups, threads);
  }

 private:
  const std::unique_ptr<BlockSource> source_;
  const ScoreWatcher watcher_;
};

}  // namespace

std::unique_ptr<BlockSource> NewWatchedSource(std::unique_ptr<BlockSource> source,
                                              ScoreWatcher watcher) {
  return std::make_unique<WatchedSource>(std::move(source), std::move(watcher));
}

}  // namespace bcr
