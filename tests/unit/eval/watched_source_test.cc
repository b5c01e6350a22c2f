#include "harness/eval/watched_source.h"

#include <gtest/gtest.h>

#include "eval_test_util.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

TEST(WatchedSource, ChangesNoScoreAndTellsOfAll) {
  Random random(4);
  FloatMatrix query(30, 8), gallery(70, 8);
  for (FloatMatrix* matrix : {&query, &gallery}) {
    for (size_t i = 0; i < matrix->rows(); ++i) {
      for (size_t k = 0; k < 8; ++k) matrix->row(i)[k] = static_cast<float>(random.Normal());
    }
  }
  const auto index_of = [](size_t rows) {
    std::vector<std::string> people, cameras(rows, "c1");
    for (size_t i = 0; i < rows; ++i) people.push_back(std::to_string(i % 5));
    return eval_test::MakeIndex(people, cameras);
  };
  const FeatureIndex query_index = index_of(30), gallery_index = index_of(70);
  ScoringOptions options;
  options.policy = Policy::kNone;
  const auto query_rows = NewMatrixRows(query.view()), gallery_rows = NewMatrixRows(gallery.view());
  int64_t told = 0;
  const auto watched =
      NewWatchedSource(NewCpuBlockSource(*query_rows, *gallery_rows, Distance::kCosine),
                       [&](int64_t scores) { told += scores; });
  const CellScores scores = ScoreCell(*watched, query_index, gallery_index, options);
  EXPECT_TRUE(eval_test::SameBits(
      scores, ScoreRows(*query_rows, query_index, *gallery_rows, gallery_index, options)));
  EXPECT_EQ(told, 30 * 70);
}

}  // namespace
}  // namespace bcr
