// The counter against the sorting reference on many small random cases, and the same bits for every
// way to cut the work.
#include <gtest/gtest.h>

#include "eval_test_util.h"
#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/eval/rank_counter.h"
#include "harness/eval/rank_metrics.h"
#include "harness/eval/relevance.h"
#include "harness/eval/score_stream.h"

namespace bcr {
namespace {

using eval_test::SameBits;

struct Case {
  FloatMatrix query, gallery;
  FeatureIndex query_index, gallery_index;
  ScoringOptions options;
};

// Values on a grid of quarters: every product and sum is exact, so ties are true ties and the
// reference's distances carry the very same order.
FloatMatrix GridRows(Random& random, size_t rows, size_t cols) {
  FloatMatrix matrix(rows, cols);
  for (size_t i = 0; i < rows * cols; ++i) {
    matrix.data()[i] = (static_cast<float>(random.Below(9)) - 4) / 4;
  }
  return matrix;
}

FeatureIndex RandomIndex(Random& random, size_t rows, size_t identities, size_t cameras) {
  const std::vector<std::string> special = {"-1", "0", "0000"};
  FeatureIndex index;
  for (size_t i = 0; i < rows; ++i) {
    index.images.push_back(std::to_string(i));
    index.identities.push_back(random.Chance(0.2) ? special[random.Below(3)]
                                                  : "p" + std::to_string(random.Below(identities)));
    index.cameras.push_back("c" + std::to_string(random.Below(cameras)));
  }
  return index;
}

Case MakeCase(Random& random) {
  const size_t width = 1 + random.Below(6);
  const size_t queries = 1 + random.Below(12);
  // Now and then enough rows that one query has more matches than the counter compares one by one.
  const size_t gallery = random.Chance(0.05) ? 200 + random.Below(400) : 1 + random.Below(60);
  const size_t identities = 1 + random.Below(6);
  const size_t cameras = 1 + random.Below(4);
  Case made{GridRows(random, queries, width), GridRows(random, gallery, width),
            RandomIndex(random, queries, identities, cameras),
            RandomIndex(random, gallery, identities, cameras)};
  made.options.policy = random.Chance(0.7) ? Policy::kMarket : Policy::kNone;
  made.options.max_rank = static_cast<int>(1 + random.Below(60));
  made.options.threads = static_cast<int>(1 + random.Below(3));
  return made;
}

FloatMatrix ExactDistances(const Case& made) {
  FloatMatrix distances(made.query.rows(), made.gallery.rows());
  for (size_t q = 0; q < made.query.rows(); ++q) {
    for (size_t g = 0; g < made.gallery.rows(); ++g) {
      float product = 0;
      for (size_t k = 0; k < made.query.cols(); ++k) {
        product += made.query.row(q)[k] * made.gallery.row(g)[k];
      }
      distances.row(q)[g] = -product;
    }
  }
  return distances;
}

// The counter over blocks of any shape; the reference's error where no query is valid.
CellScores CountShape(BlockSource& source, const Case& made, StreamShape shape) {
  const Relevance relevance(made.query_index, made.gallery_index, made.options.policy);
  const auto counter = NewRankCounter(relevance.queries(), relevance.gallery());
  BlockConsumer* const consumers[] = {counter.get()};
  StreamScores(source, relevance, shape, made.options.threads, consumers);
  CellScores cell;
  cell.queries = counter->queries();
  cell.gallery_size = relevance.gallery() - relevance.junk().size();
  Summarize(cell, made.options.max_rank);
  return cell;
}

TEST(RandomCases, CounterEqualsReference) {
  size_t scored = 0, matchless = 0, invalid = 0, many = 0;
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    const Case made = MakeCase(random);
    const FloatMatrix distances = ExactDistances(made);
    const auto products = NewCpuBlockSource(made.query.view(), made.gallery.view());
    const auto given = NewDistanceBlockSource(distances.view());
    CellScores expected;
    try {
      expected =
          ScoreReference(distances.view(), made.query_index, made.gallery_index, made.options);
    } catch (const Error&) {
      ++matchless;
      EXPECT_THROW(ScoreCell(*products, made.query_index, made.gallery_index, made.options), Error);
      continue;
    }
    ++scored;
    for (const QueryScore& query : expected.queries) {
      invalid += query.valid ? 0 : 1;
      many += query.matches > 48 ? 1 : 0;
    }
    const StreamShape shape{1 + random.Below(made.query.rows()),
                            1 + random.Below(made.gallery.rows())};
    ASSERT_TRUE(SameBits(expected, CountShape(*products, made, shape))) << "seed " << seed;
    ASSERT_TRUE(SameBits(expected, CountShape(*given, made, shape))) << "seed " << seed;
    ASSERT_TRUE(SameBits(expected,
                         ScoreCell(*products, made.query_index, made.gallery_index, made.options)))
        << "seed " << seed;
  }
  EXPECT_GE(scored, 2000u);
  EXPECT_GE(matchless, 50u);
  EXPECT_GE(invalid, 1000u);
  EXPECT_GE(many, 100u);
}

// Real-valued features, where a single differing bit could move a rank.
TEST(RandomCases, SameBitsForEveryCut) {
  Random random(7);
  const size_t queries = 600, gallery = 5000, width = 67;
  Case made{FloatMatrix(queries, width), FloatMatrix(gallery, width),
            RandomIndex(random, queries, 60, 6), RandomIndex(random, gallery, 60, 6)};
  for (FloatMatrix* matrix : {&made.query, &made.gallery}) {
    for (size_t i = 0; i < matrix->rows() * width; ++i) {
      matrix->data()[i] = static_cast<float>(random.Normal());
    }
  }
  // Copies all over the gallery: true ties that only equal bits keep in row order.
  for (size_t g = 0; g < gallery; g += 3) {
    std::copy_n(made.gallery.row(g % 50), width, made.gallery.row(g));
  }
  const auto source = NewCpuBlockSource(made.query.view(), made.gallery.view());
  made.options.threads = 1;
  const CellScores expected =
      ScoreCell(*source, made.query_index, made.gallery_index, made.options);
  for (const int block_mb : {1, 2, 5, 64}) {
    for (const int threads : {1, 2, 3}) {
      made.options.block_mb = block_mb;
      made.options.threads = threads;
      EXPECT_TRUE(SameBits(expected,
                           ScoreCell(*source, made.query_index, made.gallery_index, made.options)))
          << block_mb << " MB, " << threads << " threads";
    }
  }
  for (const StreamShape shape : {StreamShape{1, gallery}, StreamShape{600, 37},
                                  StreamShape{13, 1009}, StreamShape{600, gallery}}) {
    EXPECT_TRUE(SameBits(expected, CountShape(*source, made, shape)))
        << shape.queries << " x " << shape.gallery;
  }
}

}  // namespace
}  // namespace bcr
