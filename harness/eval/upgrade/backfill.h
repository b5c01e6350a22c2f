#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/eval/scorer.h"
#include "harness/eval/statistics/estimate.h"

namespace bcr {

class BlockSource;
class RowSource;

// In which order gallery images are extracted again by the new model.
//   random:   a shuffle of the images.
//   identity: identities shuffled, each with all its images in gallery order.
//   camera:   cameras shuffled, each with all its images in gallery order.
//   oracle:   images whose scores gain most first: mean over its matches of s(new, new) - s(new,
//             old), less the same mean over all other admitted queries. It knows the labels of
//             gallery and queries and both score matrices: a bound to hold policies against, itself
//             no policy (and, being greedy, no proven optimum). Equal gaps by gallery row.
//   uncertainty: the images first whose old features the caller trusts least, by `uncertainty`.
//             Equal ones by gallery row.
enum class BackfillOrder { kRandom, kIdentity, kCamera, kOracle, kUncertainty };
const char* BackfillOrderName(BackfillOrder order);         // "random", "identity", ...
BackfillOrder ParseBackfillOrder(const std::string& name);  // throws kUsage with a suggestion

struct BackfillOptions {
  ScoringOptions scoring;
  EstimateOptions bootstrap;
  std::vector<BackfillOrder> orders = {BackfillOrder::kRandom, BackfillOrder::kIdentity,
                                       BackfillOrder::kCamera, BackfillOrder::kOracle};
  // Share of the gallery that carries new features, in percent, ascending from 0 to 100. At p the
  // first floor(p |G| / 100) images of the order do, in integers.
  std::vector<int> percent = {0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100};
  int shuffles = 5;                 // averaged, for every order that is drawn
  std::vector<double> uncertainty;  // one a gallery row, for the order of that name; else empty
  uint64_t seed = 0;
};

// The mixed gallery at one share. Means over the order's shuffles.
struct BackfillPoint {
  int percent = 0;
  size_t replaced = 0;  // gallery images that carry new features
  double map_hits = 0;
  double map_deviation = 0;  // over shuffles (sample standard deviation); 0 for one
  double cmc1 = 0;
  // Share of queries right at rank 1 on the old gallery with old queries and wrong here; absent
  // without the old/old cell, or where hits are probabilities.
  std::optional<double> negative_flip_rate;
  // Old images: their share among the (up to) ten nearest admitted images of valid queries, and in
  // the admitted gallery. A gap means that the two models' scores are not on one scale.
  double old_in_top10 = 0;
  double old_in_gallery = 0;
};

struct BackfillCurve {
  BackfillOrder order = BackfillOrder::kRandom;
  int shuffles = 0;
  std::vector<BackfillPoint> points;
  Estimate area;            // under mAP over [0, 1], by the trapezoid; from per-query areas
  double least = 0;         // smallest mAP of the points
  int least_percent = 0;    // the first point that has it
  int falls = 0;            // steps at which mAP falls
  double largest_fall = 0;  // 0 where it never does
  // Share of the gallery at which mAP first reaches 95 % of M(new, new), linear between points.
  double share_to_95 = 0;
};

// Scores of one kind of pairs over all admitted ones of valid queries.
struct ScorePopulation {
  uint64_t pairs = 0;
  double mean = 0, deviation = 0;  // of the population; 0 without pairs
};

struct BackfillReport {
  std::vector<BackfillCurve> curves;        // in the order of options.orders
  ScorePopulation old_matches, old_others;  // new queries against old features
  ScorePopulation new_matches, new_others;  // new queries against new features
};

// Every mixture of an old and a new gallery, from two passes over both products, however many
// mixtures: a mixed score is one of the two. The ends are checked to equal `cross` and `self` to
// the last bit (kInternal). `old_self` may be null. Memory: two blocks of whole gallery rows,
// together at most block_mb (one row each at least), and the per-query AP of the curves. Throws
// kData where shapes differ, kUsage for a grid, a number of shuffles or ranks that make no sense.
BackfillReport Backfill(BlockSource& cross_scores, BlockSource& self_scores,
                        const FeatureIndex& query, const FeatureIndex& gallery,
                        const CellScores& cross, const CellScores& self, const CellScores* old_self,
                        const BackfillOptions& options);

// The same from feature rows: new queries against the old and the new features of one gallery.
// Throws kData with a hint where the widths differ: a mixed gallery has one width.
BackfillReport Backfill(const RowSource& new_query, const RowSource& old_gallery,
                        const RowSource& new_gallery, const FeatureIndex& query,
                        const FeatureIndex& gallery, const CellScores& cross,
                        const CellScores& self, const CellScores* old_self,
                        const BackfillOptions& options);

}  // namespace bcr
