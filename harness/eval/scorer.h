#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/feature_set.h"

namespace bcr {

class BlockSource;

// Which gallery items a query may be matched with (reid-evaluation: canonical Market procedure).
//   market: gallery identity -1 is dropped (junk); identity 0, however zero-padded, is a distractor
//   and can never be a
//           match; for a query, gallery items of the same identity AND the same camera are dropped.
//   camera: the same, but no identity has a meaning of its own: -1 and 0 are people like any other.
//   none:   nothing is dropped; every equal identity is a match.
enum class Policy { kMarket, kCamera, kNone };
Policy ParsePolicy(const std::string& name);  // throws kUsage with a suggestion
const char* PolicyName(Policy policy);

struct ScoringOptions {
  Policy policy = Policy::kMarket;
  int max_rank = 50;   // length of the stored CMC curve
  int block_mb = 256;  // memory for one block of scores
  int threads = 0;     // 0: all usable cores. The result's bits do not depend on it.
};

// One query's outcome. Ranks are 1-based positions in the admitted gallery, ordered by (distance,
// gallery row).
struct QueryScore {
  bool valid = false;       // at least one admitted match
  uint32_t matches = 0;     // G
  uint32_t first_rank = 0;  // r_1; 0 where not valid
  uint32_t last_rank = 0;   // r_G; INP = G / r_G
  double ap_hits = 0;       // (1/G) sum i / r_i
  double ap_trapezoid = 0;  // Oxford / original Market code
  double inp = 0;
};

// All queries of one (query model, gallery model) pair, in query row order.
struct CellScores {
  std::vector<QueryScore> queries;
  size_t valid_queries = 0;
  size_t gallery_size = 0;  // after junk was dropped
  double map_hits = 0, map_trapezoid = 0,
         minp = 0;          // means over valid queries, accumulated in float64 in row order
  std::vector<double> cmc;  // cmc[k-1], k = 1..max_rank; extended by its last value
};

// Scores query rows against gallery rows as the source yields them (normalising is the business of
// whoever made it). The source yields similarities (larger is nearer). Exact, by counting: nothing
// of size Q x G is stored beyond one block. Throws kData where no query has a match (says why: one
// camera throughout?) or the indexes do not fit the source.
CellScores ScoreCell(BlockSource& source, const FeatureIndex& query, const FeatureIndex& gallery,
                     const ScoringOptions& options);

// The usual entry: cosine on rows normalised here, CPU tiles. Throws kData for unequal widths or
// zero-norm rows (named).
CellScores ScoreCosine(const FeatureSet& query, const FeatureSet& gallery,
                       const ScoringOptions& options);

// The thirty-line oracle beside it: sorts each row of a given distance matrix (Q x G). For tests
// and small studies.
CellScores ScoreReference(MatrixView distances, const FeatureIndex& query,
                          const FeatureIndex& gallery, const ScoringOptions& options);

}  // namespace bcr
