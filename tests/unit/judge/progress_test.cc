#include "harness/judge/progress.h"

#include <gtest/gtest.h>

#include "harness/core/matrix.h"
#include "harness/eval/block_source.h"

namespace bcr {
namespace {

TEST(WatchScores, IsNobodyWhereItIsQuiet) { EXPECT_FALSE(WatchScores("scoring", 10, true)); }

TEST(Watched, TellsOfTheScoresOfEveryProduct) {
  int64_t told = 0;
  const ScoreWatcher watcher = [&](int64_t scores) { told += scores; };
  FloatMatrix distances(3, 4);
  std::vector<float> block(12);
  for (int product = 0; product < 2; ++product) {
    const auto source = Watched(NewDistanceBlockSource(distances.view()), watcher);
    source->Fill(0, 3, 0, 4, 1, block.data());
  }
  EXPECT_EQ(told, 24);
}

}  // namespace
}  // namespace bcr
