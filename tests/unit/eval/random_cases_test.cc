// The counter against the sorting reference on ten thousand small random cases, and the same bits
// for every way to cut the work.
#include <gtest/gtest.h>

#include <algorithm>

#include "eval_test_util.h"
#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/eval/ranking/rank_counter.h"
#include "harness/eval/ranking/rank_metrics.h"
#include "harness/eval/relevance.h"
#include "harness/eval/score_stream.h"

namespace bcr {
namespace {

using eval_test::SameBits;
using eval_test::Shards;

struct Case {
  FloatMatrix query, gallery;
  FeatureIndex query_index, gallery_index;
  std::vector<size_t> cuts;  // of the gallery into shards
  ScoringOptions options;
};

// Euclidean: values on a grid of quarters, so that every difference, square and sum is exact.
void FillGrid(Random& random, float* row, size_t width) {
  for (size_t k = 0; k < width; ++k) row[k] = (static_cast<float>(random.Below(9)) - 4) / 4;
}

// Cosine: 1, 4 or 16 values of one power of two. The norm is a power of two as well, unit rows hold
// 1, 1/2 or 1/4 up to sign, and every product and sum is exact.
void FillDyadic(Random& random, float* row, size_t width) {
  size_t values = 1;
  while (values * 4 <= width && values < 16 && random.Chance(0.6)) values *= 4;
  const float size = static_cast<float>(1U << random.Below(6)) / 8;
  std::vector<size_t> places(width);
  for (size_t k = 0; k < width; ++k) places[k] = k;
  random.Shuffle(places);
  for (size_t i = 0; i < values; ++i) row[places[i]] = random.Chance(0.5) ? size : -size;
}

FloatMatrix ExactRows(Random& random, size_t rows, size_t width, Distance distance) {
  FloatMatrix matrix(rows, width);
  for (size_t i = 0; i < rows; ++i) {
    (distance == Distance::kCosine ? FillDyadic : FillGrid)(random, matrix.row(i), width);
  }
  return matrix;
}

FeatureIndex RandomIndex(Random& random, size_t rows, size_t identities, size_t cameras,
                         double special) {
  const std::vector<std::string> names = {"-1", "0", "0000"};
  FeatureIndex index;
  for (size_t i = 0; i < rows; ++i) {
    index.images.push_back(std::to_string(i));
    index.identities.push_back(random.Chance(special)
                                   ? names[random.Below(3)]
                                   : "p" + std::to_string(random.Below(identities)));
    index.cameras.push_back("c" + std::to_string(random.Below(cameras)));
  }
  return index;
}

Case MakeCase(Random& random) {
  Case made;
  made.options.distance = random.Chance(0.5) ? Distance::kCosine : Distance::kEuclidean;
  const double kind = random.Uniform();
  made.options.policy = kind < 0.6 ? Policy::kMarket : kind < 0.8 ? Policy::kCamera : Policy::kNone;
  made.options.max_rank = static_cast<int>(1 + random.Below(60));
  made.options.threads = static_cast<int>(1 + random.Below(3));
  const size_t width = 1 + random.Below(20);
  const size_t queries = 1 + random.Below(12);
  // Now and then enough rows that one query has more matches than the counter compares one by one.
  const size_t gallery = random.Chance(0.05) ? 200 + random.Below(400) : 1 + random.Below(60);
  const size_t identities = 1 + random.Below(6);
  const size_t cameras = 1 + random.Below(4);
  made.query = ExactRows(random, queries, width, made.options.distance);
  made.gallery = ExactRows(random, gallery, width, made.options.distance);
  const bool market = made.options.policy == Policy::kMarket;
  const double special = market ? (random.Chance(0.05) ? 0.1 : 0.0) : 0.2;
  made.query_index = RandomIndex(random, queries, identities, cameras, special);
  made.gallery_index = RandomIndex(random, gallery, identities, cameras, 0.2);
  for (size_t cut = random.Below(20); cut <= gallery; cut += random.Below(30)) {
    made.cuts.push_back(cut);
    if (made.cuts.size() == 8) break;
  }
  return made;
}

// In plain float arithmetic, every step of it exact.
FloatMatrix ExactDistances(const Case& made) {
  FloatMatrix query = made.query, gallery = made.gallery;
  const bool cosine = made.options.distance == Distance::kCosine;
  if (cosine) {
    NormalizeRows(query);
    NormalizeRows(gallery);
  }
  FloatMatrix distances(query.rows(), gallery.rows());
  for (size_t q = 0; q < query.rows(); ++q) {
    for (size_t g = 0; g < gallery.rows(); ++g) {
      float sum = 0;
      for (size_t k = 0; k < query.cols(); ++k) {
        const float a = query.row(q)[k], b = gallery.row(g)[k];
        sum += cosine ? -a * b : (a - b) * (a - b);
      }
      distances.row(q)[g] = sum;
    }
  }
  return distances;
}

// The counter over blocks of any shape.
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

struct Seen {
  size_t scored = 0, refused = 0, invalid = 0, many = 0, tied = 0, junk = 0;
};

void CheckCase(uint64_t seed, Seen& seen) {
  Random random(seed);
  const Case made = MakeCase(random);
  const FloatMatrix distances = ExactDistances(made);
  const auto query = NewMatrixRows(made.query.view());
  const auto gallery = Shards(made.gallery, made.cuts);
  const auto score = [&] {
    return ScoreRows(*query, made.query_index, *gallery, made.gallery_index, made.options);
  };
  CellScores expected;
  try {
    expected = ScoreReference(distances.view(), made.query_index, made.gallery_index, made.options);
  } catch (const Error&) {
    ++seen.refused;
    EXPECT_THROW(score(), Error);
    return;
  }
  ++seen.scored;
  seen.junk += expected.gallery_size < made.gallery.rows() ? 1 : 0;
  for (const QueryScore& one : expected.queries) {
    seen.invalid += one.valid ? 0 : 1;
    seen.many += one.matches > 48 ? 1 : 0;
  }
  std::vector<float> row(distances.row(0), distances.row(0) + distances.cols());
  std::sort(row.begin(), row.end());
  seen.tied += std::adjacent_find(row.begin(), row.end()) != row.end() ? 1 : 0;

  const auto products = NewCpuBlockSource(*query, *gallery, made.options.distance);
  const auto given = NewDistanceBlockSource(distances.view());
  const StreamShape shape{1 + random.Below(made.query.rows()),
                          1 + random.Below(made.gallery.rows())};
  ASSERT_TRUE(SameBits(expected, score())) << "seed " << seed;
  ASSERT_TRUE(SameBits(expected, CountShape(*products, made, shape))) << "seed " << seed;
  ASSERT_TRUE(SameBits(expected, CountShape(*given, made, shape))) << "seed " << seed;
}

TEST(RandomCases, CounterEqualsReference) {
  Seen seen;
  for (uint64_t seed = 0; seen.scored < 10000 && !HasFatalFailure(); ++seed) CheckCase(seed, seen);
  EXPECT_GE(seen.refused, 1000u);
  EXPECT_LE(seen.refused, 5000u);
  EXPECT_GE(seen.invalid, 5000u);
  EXPECT_GE(seen.many, 500u);
  EXPECT_GE(seen.tied, 6000u);
  EXPECT_GE(seen.junk, 3000u);
}

// Real-valued features, where a single differing bit could move a rank.
class RealCase : public testing::TestWithParam<Distance> {
 protected:
  RealCase() {
    Random random(7);
    const size_t queries = 600, gallery = 5000, width = 67;
    made_.query = FloatMatrix(queries, width);
    made_.gallery = FloatMatrix(gallery, width);
    made_.query_index = RandomIndex(random, queries, 60, 6, 0);
    made_.gallery_index = RandomIndex(random, gallery, 60, 6, 0.2);
    made_.options.distance = GetParam();
    for (FloatMatrix* matrix : {&made_.query, &made_.gallery}) {
      for (size_t i = 0; i < matrix->rows() * width; ++i) {
        matrix->data()[i] = static_cast<float>(random.Normal());
      }
    }
    // Copies all over the gallery: true ties that only equal bits keep in row order.
    for (size_t g = 0; g < gallery; g += 3) {
      std::copy_n(made_.gallery.row(g % 50), width, made_.gallery.row(g));
    }
  }

  CellScores Score(std::vector<size_t> cuts = {}) const {
    return ScoreRows(*NewMatrixRows(made_.query.view()), made_.query_index,
                     *Shards(made_.gallery, std::move(cuts)), made_.gallery_index, made_.options);
  }

  Case made_;
};

TEST_P(RealCase, SameBitsForEveryBlockSizeThreadCountAndShardCut) {
  made_.options.threads = 1;
  const CellScores expected = Score();
  for (const int block_mb : {1, 2, 5, 64}) {
    for (const int threads : {1, 2, 3}) {
      made_.options.block_mb = block_mb;
      made_.options.threads = threads;
      EXPECT_TRUE(SameBits(expected, Score())) << block_mb << " MB, " << threads << " threads";
      EXPECT_TRUE(SameBits(expected, Score({1, 1, 1700, 4999})));
    }
  }
}

TEST_P(RealCase, SameBitsForEveryShape) {
  const CellScores expected = Score();
  const eval_test::MatrixSource source(made_.query, made_.gallery, GetParam());
  for (const StreamShape shape : {StreamShape{1, 5000}, StreamShape{600, 37}, StreamShape{13, 1009},
                                  StreamShape{600, 5000}}) {
    EXPECT_TRUE(SameBits(expected, CountShape(*source, made_, shape)))
        << shape.queries << " x " << shape.gallery;
  }
}

INSTANTIATE_TEST_SUITE_P(Distances, RealCase,
                         testing::Values(Distance::kCosine, Distance::kEuclidean),
                         [](const auto& test) { return DistanceName(test.param); });

}  // namespace
}  // namespace bcr
