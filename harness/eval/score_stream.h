#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace bcr {

class BlockSource;
class Relevance;
struct FeatureIndex;

// One admitted match of a query. Order: nearer first, equal scores by gallery row.
struct Positive {
  float score = 0;
  uint32_t row = 0;
  bool operator<(const Positive& other) const {
    return score != other.score ? score > other.score : row < other.row;
  }
};

// Scores of one query against gallery rows [g_begin, g_end). Rows the policy leaves out for this
// query are -infinity; all others are finite.
struct ScoreRow {
  size_t query = 0;
  size_t g_begin = 0;
  size_t g_end = 0;
  const float* scores = nullptr;        // scores[g - g_begin]
  std::span<const Positive> positives;  // all of the query's, in order, from the whole gallery
};

// Something computed from the stream: ranks, histograms, top-k lists.
class BlockConsumer {
 public:
  virtual ~BlockConsumer() = default;
  // Each query comes once for every cut of the gallery, cuts ascending. Different queries may come
  // at once, from several threads.
  virtual void Consume(const ScoreRow& row) = 0;
};

// How the stream is cut: blocks of `queries` x `gallery` scores. No result depends on it.
struct StreamShape {
  size_t queries = 0;
  size_t gallery = 0;
};

// The shape for a memory cap of block_mb MiB of scores: all queries that the source can keep
// prepared (BlockSource::query_band) against as much of the gallery as fits, so that gallery rows
// are read once for all of them.
StreamShape ChooseShape(size_t queries, size_t gallery, int block_mb, size_t query_band);

// The shape for consumers that need a query's whole row at once; at least one row, whatever the
// cap.
StreamShape WholeRowShape(size_t queries, size_t gallery, int block_mb);

// Streams every query of `source` past all consumers. Memory: one block plus the positives of its
// queries. Throws kData for a score that is not finite, naming both rows and, where `names` has
// them, their images.
struct StreamNames {
  const FeatureIndex* query = nullptr;
  const FeatureIndex* gallery = nullptr;
};
void StreamScores(BlockSource& source, const Relevance& relevance, StreamShape shape, int threads,
                  std::span<BlockConsumer* const> consumers, const StreamNames& names = {});

}  // namespace bcr
