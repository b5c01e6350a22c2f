#include "harness/eval/upgrade/backfill.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "harness/eval/block_source.h"
#include "harness/eval/relevance.h"
#include "harness/eval/upgrade/backfill_curve.h"
#include "harness/eval/upgrade/backfill_scores.h"
#include "harness/eval/upgrade/mixed_gallery.h"
#include "harness/eval/upgrade/pair_blocks.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

constexpr size_t kBandQueries = 1024;  // each mixture keeps a counter a query of the band

void CheckShapes(const Relevance& relevance, BlockSource& scores, const CellScores& cross,
                 const CellScores& self, const CellScores* old_self) {
  const auto refuse = [&](std::string found) {
    throw Error(ErrorCode::kData,
                {.where = "backfill",
                 .found = std::move(found),
                 .expected = fmt::format("{} queries and {} gallery images everywhere",
                                         relevance.queries(), relevance.gallery())});
  };
  if (scores.queries() != relevance.queries() || scores.gallery() != relevance.gallery()) {
    refuse(fmt::format("{} x {} scores", scores.queries(), scores.gallery()));
  }
  for (const CellScores* cell : {&cross, &self, old_self}) {
    if (cell == nullptr || cell->queries.size() == relevance.queries()) continue;
    refuse(fmt::format("a cell of {} queries", cell->queries.size()));
  }
}

// The orders in which rows are replaced; one plan a curve and shuffle.
struct Plan {
  BackfillOrder order;
  int shuffles;
  std::vector<std::vector<uint32_t>> places;  // by shuffle, then gallery row
};

std::vector<Plan> PlansOf(const BackfillOptions& options, const FeatureIndex& gallery,
                          const std::vector<double>& gaps) {
  std::vector<Plan> plans;
  for (const BackfillOrder order : options.orders) {
    Plan plan{order, IsDrawn(order) ? options.shuffles : 1, {}};
    for (int s = 0; s < plan.shuffles; ++s) {
      const std::vector<uint32_t> rows =
          RowsInOrder(order, gallery, options.seed, s,
                      order == BackfillOrder::kUncertainty ? options.uncertainty : gaps);
      std::vector<uint32_t> place(rows.size());
      for (size_t i = 0; i < rows.size(); ++i) place[rows[i]] = static_cast<uint32_t>(i);
      plan.places.push_back(std::move(place));
    }
    plans.push_back(std::move(plan));
  }
  return plans;
}

// Sums over valid queries in row order, as Summarize takes them.
struct MixtureSums {
  double ap = 0, hit1 = 0, flips = 0, old_near = 0;
};

// Whether a mixture's score is that of a cell. A cell that was read from its per-query file does
// not know the number of matches and the last rank; their quotient, INP, is then compared alone.
bool SameScore(const QueryScore& cell, const QueryScore& mixed) {
  const bool known = !cell.valid || cell.matches > 0;
  return cell.valid == mixed.valid && cell.first_rank == mixed.first_rank &&
         cell.ap_hits == mixed.ap_hits && cell.inp == mixed.inp &&
         (!known || (cell.matches == mixed.matches && cell.last_rank == mixed.last_rank));
}

class Backfiller {
 public:
  Backfiller(const FeatureIndex& gallery, const Relevance& relevance, const CellScores& cross,
             const CellScores& self, const CellScores* old_self, std::vector<Plan> plans,
             const BackfillOptions& options)
      : options_(options),
        cross_(cross),
        self_(self),
        old_self_(old_self),
        plans_(std::move(plans)),
        areas_(plans_.size(), std::vector<double>(cross.queries.size())) {
    // The two ends are the same for every plan.
    mixtures_ = {{&plans_.front().places.front(), 0},
                 {&plans_.front().places.front(), gallery.size()}};
    roles_.resize(2);
    for (size_t p = 0; p < plans_.size(); ++p) AddPlan(p, gallery.size());
    sums_.resize(mixtures_.size());
    admitted_.assign(gallery.size(), true);
    for (const uint32_t row : relevance.junk()) admitted_[row] = false;
  }

  const std::vector<Mixture>& mixtures() const { return mixtures_; }

  void Visit(size_t mixture, size_t query, const MixedScore& mixed) {
    if (mixture < 2) CheckEnd(mixture, query, mixed.score);
    if (!mixed.score.valid) return;
    if (mixture == 0) ++valid_;
    MixtureSums& sums = sums_[mixture];
    const double hit = HitWithin(mixed.score, 1);
    sums.ap += mixed.score.ap_hits;
    sums.hit1 += hit;
    sums.old_near += mixed.old_among_nearest;
    if (old_self_ != nullptr) {
      const double before = HitWithin(old_self_->queries[query], 1);
      certain_ = certain_ && (before == 0 || before == 1) && (hit == 0 || hit == 1);
      sums.flips += before > hit ? 1 : 0;
    }
    for (const auto& [plan, weight] : roles_[mixture]) {
      areas_[plan][query] += weight * mixed.score.ap_hits;
    }
  }

  std::vector<BackfillCurve> Curves(const std::vector<std::string>& identities) const {
    std::vector<bool> valid;
    for (const QueryScore& query : cross_.queries) valid.push_back(query.valid);
    std::vector<BackfillCurve> curves;
    for (size_t p = 0; p < plans_.size(); ++p) {
      BackfillCurve curve;
      curve.order = plans_[p].order;
      curve.shuffles = plans_[p].shuffles;
      for (size_t i = 0; i < options_.percent.size(); ++i) curve.points.push_back(Point(p, i));
      curve.area =
          EstimateAll({{areas_[p], valid}}, identities, {LevelOf(0)}, options_.bootstrap)[0];
      SummariseCurve(self_.map_hits, curve);
      curves.push_back(std::move(curve));
    }
    return curves;
  }

 private:
  // What a mixture's AP adds to a plan's area.
  struct Role {
    size_t plan;
    double weight;
  };

  double Width(size_t i) const {  // the trapezoid's weight of point i
    const std::vector<int>& percent = options_.percent;
    const int before = i == 0 ? percent[i] : percent[i - 1];
    const int after = i + 1 == percent.size() ? percent[i] : percent[i + 1];
    return (after - before) / 200.0;
  }

  void AddPlan(size_t p, size_t gallery) {
    const size_t last = options_.percent.size() - 1;
    roles_[0].push_back({p, Width(0)});
    roles_[1].push_back({p, Width(last)});
    first_mixture_.push_back(mixtures_.size());
    for (const std::vector<uint32_t>& place : plans_[p].places) {
      for (size_t i = 1; i < last; ++i) {
        mixtures_.push_back({&place, ReplacedAt(options_.percent[i], gallery)});
        roles_.push_back({{p, Width(i) / plans_[p].shuffles}});
      }
    }
  }

  size_t MixtureOf(size_t plan, size_t shuffle, size_t point) const {
    const size_t last = options_.percent.size() - 1;
    if (point == 0) return 0;
    if (point == last) return 1;
    return first_mixture_[plan] + shuffle * (last - 1) + point - 1;
  }

  void CheckEnd(size_t mixture, size_t query, const QueryScore& score) const {
    const CellScores& cell = mixture == 0 ? cross_ : self_;
    if (SameScore(cell.queries[query], score)) return;
    throw Error(
        ErrorCode::kInternal,
        {.where = fmt::format("backfill at {} %, query row {}", mixture * 100, query),
         .found = fmt::format("AP {}", score.ap_hits),
         .expected = fmt::format("that of the {}, {}", mixture == 0 ? "cross-test" : "self-test",
                                 cell.queries[query].ap_hits),
         .hint = "Were the cells scored with the same options and features?"});
  }

  BackfillPoint Point(size_t plan, size_t i) const {
    const double n = static_cast<double>(valid_);
    const double shuffles = plans_[plan].shuffles;
    BackfillPoint point;
    point.percent = options_.percent[i];
    MixtureSums total;
    double squares = 0, old_share = 0;
    std::vector<double> maps;
    for (int s = 0; s < plans_[plan].shuffles; ++s) {
      const size_t m = MixtureOf(plan, static_cast<size_t>(s), i);
      point.replaced = mixtures_[m].replaced;
      maps.push_back(sums_[m].ap / n);
      total.hit1 += sums_[m].hit1 / n;
      total.flips += sums_[m].flips / n;
      total.old_near += sums_[m].old_near / n;
      old_share += OldShare(mixtures_[m]);
    }
    // The ends keep the bits of their cells: a mean of equal values would round.
    const bool end = i == 0 || i + 1 == options_.percent.size();
    for (const double map : maps) point.map_hits += map;
    point.map_hits = end ? maps.front() : point.map_hits / shuffles;
    for (const double map : maps) squares += (map - point.map_hits) * (map - point.map_hits);
    if (maps.size() > 1) point.map_deviation = std::sqrt(squares / (shuffles - 1));
    point.cmc1 = total.hit1 / shuffles;
    if (old_self_ != nullptr && certain_) point.negative_flip_rate = total.flips / shuffles;
    point.old_in_top10 = total.old_near / shuffles;
    point.old_in_gallery = old_share / shuffles;
    return point;
  }

  double OldShare(const Mixture& mixture) const {
    size_t old = 0, all = 0;
    for (size_t g = 0; g < admitted_.size(); ++g) {
      if (!admitted_[g]) continue;
      ++all;
      old += (*mixture.place)[g] >= mixture.replaced ? 1 : 0;
    }
    return static_cast<double>(old) / static_cast<double>(all);
  }

  const BackfillOptions& options_;
  const CellScores& cross_;
  const CellScores& self_;
  const CellScores* const old_self_;
  const std::vector<Plan> plans_;
  std::vector<Mixture> mixtures_;
  std::vector<std::vector<Role>> roles_;    // by mixture
  std::vector<size_t> first_mixture_;       // by plan
  std::vector<MixtureSums> sums_;           // by mixture
  std::vector<std::vector<double>> areas_;  // by plan, then query
  std::vector<bool> admitted_;              // gallery rows that are not junk
  size_t valid_ = 0;
  bool certain_ = true;
};

}  // namespace

BackfillReport Backfill(BlockSource& cross_scores, BlockSource& self_scores,
                        const FeatureIndex& query, const FeatureIndex& gallery,
                        const CellScores& cross, const CellScores& self, const CellScores* old_self,
                        const BackfillOptions& options) {
  CheckBackfillOptions(options);
  const Relevance relevance(query, gallery, options.scoring.policy);
  CheckShapes(relevance, cross_scores, cross, self, old_self);
  const int block_mb = options.scoring.block_mb;
  const int threads = options.scoring.threads;

  BackfillScores scores;
  {
    PairBlocks blocks(cross_scores, self_scores, block_mb, threads);
    scores = MeasureScores(blocks, relevance, threads);
  }
  Backfiller backfiller(gallery, relevance, cross, self, old_self,
                        PlansOf(options, gallery, scores.gaps), options);
  PairBlocks blocks(cross_scores, self_scores, block_mb, threads, kBandQueries);
  ScoreMixtures(blocks, query, gallery, backfiller.mixtures(), options.scoring,
                [&](size_t mixture, size_t q, const MixedScore& score) {
                  backfiller.Visit(mixture, q, score);
                });
  return {backfiller.Curves(query.identities), scores.old_matches, scores.old_others,
          scores.new_matches, scores.new_others};
}

BackfillReport Backfill(const RowSource& new_query, const RowSource& old_gallery,
                        const RowSource& new_gallery, const FeatureIndex& query,
                        const FeatureIndex& gallery, const CellScores& cross,
                        const CellScores& self, const CellScores* old_self,
                        const BackfillOptions& options) {
  if (old_gallery.cols() != new_gallery.cols() || new_query.cols() != old_gallery.cols()) {
    throw Error(
        ErrorCode::kData,
        {.where = "backfill",
         .found = fmt::format("new queries of width {}, an old gallery of {} and a new one of {}",
                              new_query.cols(), old_gallery.cols(), new_gallery.cols()),
         .expected = "one width: a mixed gallery is searched as one",
         .hint = "Pad or truncate all three to one width first, as the models will be served."});
  }
  const auto cross_scores =
      NewCpuBlockSource(new_query, old_gallery, options.scoring.distance, &query, &gallery);
  const auto self_scores =
      NewCpuBlockSource(new_query, new_gallery, options.scoring.distance, &query, &gallery);
  return Backfill(*cross_scores, *self_scores, query, gallery, cross, self, old_self, options);
}

}  // namespace bcr
