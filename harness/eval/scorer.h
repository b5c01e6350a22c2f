#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/features/feature_set.h"
#include "harness/features/row_source.h"

namespace bcr {

class BlockSource;
struct MetricInfo;
struct ScoreDistribution;

// Raised whenever a figure of a scored cell, or its interval, can change. Records and reports carry
// it: figures of two revisions are not compared.
inline constexpr int kScoringRevision = 3;

// Which gallery items a query may be matched with (Zheng et al., "Scalable Person
// Re-identification", ICCV 2015).
//   market: gallery identity -1 is dropped (junk); identity 0, however zero-padded, is a distractor
//           and can never be a match; for a query, gallery items of the same identity AND the same
//           camera are dropped. Queries may be neither junk nor distractors.
//   camera: the same, but no identity has a meaning of its own: -1 and 0 are people like any other.
//   none:   nothing is dropped; every equal identity is a match.
//   cuhk03-single-shot: the camera rule, then one image of every other identity and one match are
//           kept at random (Li et al., "DeepReID", CVPR 2014). The CMC is the exact expectation
//           over these draws; AP and INP are those of the whole list, as torchreid reports them.
enum class Policy { kMarket, kCamera, kNone, kCuhk03SingleShot };
Policy ParsePolicy(const std::string& name);  // throws kUsage with a suggestion
const char* PolicyName(Policy policy);

// `wanted`, as far as the data's identities bear it: market becomes camera where -1 and 0 are
// ordinary identities (market_identities false).
Policy PolicyForIdentities(Policy wanted, bool market_identities);

// cosine: inner product of rows divided by their norms. euclidean: rows as given, ordered by
// squared distance (the same order as by distance).
enum class Distance { kCosine, kEuclidean };
Distance ParseDistance(const std::string& name);  // throws kUsage with a suggestion
const char* DistanceName(Distance distance);

// Where equal distances stand. by-row: in gallery order, the only one for results that are
// compared. The others are for study: matches first (optimistic), matches last (pessimistic), and
// the exact expectation over all orders of each group of equals (mean).
enum class Ties { kByRow, kOptimistic, kPessimistic, kMean };
Ties ParseTies(const std::string& name);  // throws kUsage with a suggestion
const char* TiesName(Ties ties);

struct ScoringOptions {
  Policy policy = Policy::kMarket;
  int max_rank = 50;   // length of the stored CMC curve
  int block_mb = 256;  // memory for one block of scores, MiB
  int threads = 0;     // 0: all usable cores. The result's bits do not depend on it.
  Distance distance = Distance::kCosine;
  Ties ties = Ties::kByRow;
  // Also count all scores (CellScores::distribution). REQUIRES a source that yields scores of
  // `distance`.
  bool distribution = false;
  // Also keep the first so many rows of every query's list (CellScores::lists); 0: none.
  int list_length = 0;
};

// One query's outcome. Ranks are 1-based positions in the admitted gallery, ordered by (distance,
// gallery row) or as ScoringOptions::ties says.
struct QueryScore {
  bool valid = false;       // at least one admitted match
  uint32_t matches = 0;     // G
  uint32_t first_rank = 0;  // r_1; 0 where not valid. Ties::kMean: the least over all orders
  uint32_t last_rank = 0;   // r_G; INP = G / r_G. Ties::kMean: the greatest over all orders
  double ap_hits = 0;       // (1/G) sum i / r_i
  double ap_trapezoid = 0;  // Oxford / original Market code
  double inp = 0;
  // hits[k-1]: probability of a match within rank k, k = 1..max_rank. Empty where it is just
  // 1[first_rank <= k].
  std::vector<double> hits;
  // Values of RankMetrics() (harness/metrics/table.h), in that order. Empty where the matches
  // have no ranks of their own (Ties::kMean) or not all of them are known (lists that end early).
  std::vector<double> of_ranks;
};

// A row of a query's list.
struct ListedRow {
  uint32_t row = 0;  // of the gallery
  float score = 0;   // as the source yields it: larger is nearer
  bool match = false;
};

// Probability of a match within rank k (0 or 1 unless `hits` says otherwise); 0 for k < 1 and for
// queries that are not valid.
double HitWithin(const QueryScore& query, int k);

// The query's value of one of QueryMetrics(); absent for queries that are not valid and where
// `of_ranks` is.
std::optional<double> ValueOf(const QueryScore& query, const MetricInfo& metric);

// All queries of one (query model, gallery model) pair, in query row order.
struct CellScores {
  std::vector<QueryScore> queries;
  size_t valid_queries = 0;
  size_t gallery_size = 0;  // after junk was dropped
  double map_hits = 0, map_trapezoid = 0,
         minp = 0;          // means over valid queries, accumulated in float64 in row order
  std::vector<double> cmc;  // cmc[k-1], k = 1..max_rank; extended by its last value
  // Where ScoringOptions::distribution asked for it; null otherwise.
  std::shared_ptr<const ScoreDistribution> distribution;
  // By query, nearest first, equal scores by gallery row whatever ScoringOptions::ties says; empty
  // where ScoringOptions::list_length is 0.
  std::vector<std::vector<ListedRow>> lists;
};

// Scores query rows against gallery rows as the source yields them (options.distance is the
// business of whoever made it). The source yields similarities (larger is nearer). Exact, by
// counting: nothing of size Q x G is stored beyond one block. Throws kData where no query has a
// match (says why: one camera throughout?), where a market query is junk or a distractor, or where
// the indexes do not fit the source; kUsage for options out of range.
CellScores ScoreCell(BlockSource& source, const FeatureIndex& query, const FeatureIndex& gallery,
                     const ScoringOptions& options);

// The usual entry: rows from anywhere, CPU kernels, options.distance. Rows are normalised while
// they are worked on: no copy of the gallery is made. Gallery rows are read once for all queries,
// matches twice. Anonymous memory: one block, the packed queries (at most 128 MiB) and a few MiB a
// thread. The result's bits depend on neither block size, threads nor cut into shards. Throws kData
// for unequal widths and for rows that are not finite or (cosine) have no direction, naming side,
// row and image.
CellScores ScoreRows(const RowSource& query, const FeatureIndex& query_index,
                     const RowSource& gallery, const FeatureIndex& gallery_index,
                     const ScoringOptions& options);

// ScoreRows by cosine on feature sets in memory.
CellScores ScoreCosine(const FeatureSet& query, const FeatureSet& gallery,
                       const ScoringOptions& options);

// The thirty-line oracle beside it: sorts each row of a given distance matrix (Q x G), ties by row.
// For tests and small studies. Knows the policies market, camera and none.
CellScores ScoreReference(MatrixView distances, const FeatureIndex& query,
                          const FeatureIndex& gallery, const ScoringOptions& options);

}  // namespace bcr
