#include "harness/search/search_cost.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "harness/core/error.h"
#include "harness/core/parallel.h"
#include "harness/eval/ranking/rank_metrics.h"
#include "harness/eval/relevance.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

constexpr uint32_t kNever = std::numeric_limits<uint32_t>::max();

// One query's outcome from its list. What stays unfound has no rank; its precision is 0.
QueryScore ScoreList(const Relevance& relevance, size_t query, const int64_t* rows, size_t k) {
  std::vector<uint32_t> matches, dropped;
  relevance.Positives(query, matches);
  if (matches.empty()) return {};
  relevance.Dropped(query, dropped);
  const auto among = [](const std::vector<uint32_t>& sorted, int64_t row) {
    return std::binary_search(sorted.begin(), sorted.end(), static_cast<uint32_t>(row));
  };
  std::vector<uint32_t> ranks;
  uint32_t rank = 0;
  for (size_t t = 0; t < k && rows[t] >= 0; ++t) {
    if (among(dropped, rows[t]) || among(relevance.junk(), rows[t])) continue;
    ++rank;
    if (among(matches, rows[t])) ranks.push_back(rank);
  }
  QueryScore score = ScoreRanks(ranks);
  const double found = static_cast<double>(ranks.size());
  const double share = found / static_cast<double>(matches.size());
  score.valid = true;
  score.matches = static_cast<uint32_t>(matches.size());
  if (share == 1) return score;
  if (ranks.empty()) score.first_rank = kNever;
  score.last_rank = kNever;
  score.ap_hits *= share;  // the mean was over what was found
  score.ap_trapezoid *= share;
  score.inp = 0;
  score.of_ranks.clear();  // they need the rank of every match
  return score;
}

void CheckLists(const NearestLists& lists, const Relevance& relevance) {
  const auto refuse = [](std::string found, std::string expected) {
    throw Error(ErrorCode::kData, {.where = "lists of nearest rows",
                                   .found = std::move(found),
                                   .expected = std::move(expected)});
  };
  if (lists.queries() != relevance.queries()) {
    refuse(fmt::format("{} lists for {} queries", lists.queries(), relevance.queries()),
           "one a query");
  }
  const int64_t gallery = static_cast<int64_t>(relevance.gallery());
  for (const int64_t row : lists.rows) {
    if (row >= gallery) refuse(fmt::format("row {}", row), fmt::format("less than {}", gallery));
  }
}

}  // namespace

CellScores ScoreLists(const NearestLists& lists, const FeatureIndex& query,
                      const FeatureIndex& gallery, const ScoringOptions& options) {
  if (options.policy == Policy::kCuhk03SingleShot) {
    throw Error(ErrorCode::kUsage,
                {.where = "approximate search: policy",
                 .found = PolicyName(options.policy),
                 .expected = "market, camera or none",
                 .hint = "A list of nearest rows says nothing of one image an identity."});
  }
  const Relevance relevance(query, gallery, options.policy);
  relevance.RequireMatch();
  CheckLists(lists, relevance);
  CellScores cell;
  cell.queries.resize(relevance.queries());
  const size_t k = static_cast<size_t>(lists.k);
  ParallelFor(relevance.queries(), options.threads, [&](size_t q) {
    cell.queries[q] = ScoreList(relevance, q, lists.rows.data() + q * k, k);
  });
  cell.gallery_size = relevance.gallery() - relevance.junk().size();
  Summarize(cell, options.max_rank);
  return cell;
}

double RecallAt(const NearestLists& found, const NearestLists& exact, int r) {
  if (r < 1 || found.queries() == 0 || found.queries() != exact.queries()) {
    throw Error(
        ErrorCode::kData,
        {.where = fmt::format("recall at {}", r),
         .found = fmt::format("lists of {} and {} queries", found.queries(), exact.queries()),
         .expected = "the same queries in both, and a depth of 1 or more"});
  }
  const auto head = [r](const NearestLists& lists, size_t q) {
    const size_t k = static_cast<size_t>(lists.k);
    const auto begin = lists.rows.begin() + static_cast<ptrdiff_t>(q * k);
    std::vector<int64_t> rows(begin, begin + std::min(lists.k, r));
    std::sort(rows.begin(), rows.end());
    return rows;
  };
  double sum = 0;
  for (size_t q = 0; q < exact.queries(); ++q) {
    const std::vector<int64_t> wanted = head(exact, q), got = head(found, q);
    std::vector<int64_t> both;
    std::set_intersection(wanted.begin(), wanted.end(), got.begin(), got.end(),
                          std::back_inserter(both));
    sum += static_cast<double>(both.size()) / static_cast<double>(wanted.size());
  }
  return sum / static_cast<double>(exact.queries());
}

SearchCost MeasureSearch(const std::string& index, const RowSource& query,
                         const FeatureIndex& query_index, const RowSource& gallery,
                         const FeatureIndex& gallery_index, const ScoringOptions& scoring,
                         const ApproximateOptions& options) {
  if (scoring.distance != Distance::kCosine) {
    throw Error(ErrorCode::kUsage, {.where = "approximate search: distance",
                                    .found = DistanceName(scoring.distance),
                                    .expected = "cosine"});
  }
  const NearestLists found = SearchApproximately(index, query, gallery, options);
  const NearestLists exact =
      SearchExactly(query, gallery, options.k, scoring.block_mb, options.threads);
  SearchCost cost;
  cost.index = index;
  cost.k = found.k;
  cost.recall_at_1 = RecallAt(found, exact, 1);
  cost.recall_at_10 = RecallAt(found, exact, 10);
  cost.recall_at_k = RecallAt(found, exact, found.k);
  cost.approximate = ScoreLists(found, query_index, gallery_index, scoring);
  cost.truncated = ScoreLists(exact, query_index, gallery_index, scoring);
  return cost;
}

SearchUpgrade JudgeSearch(const CellScores& exact_old_self, const CellScores& exact_cross,
                          const SearchCost& old_self, const SearchCost& cross,
                          const std::vector<std::string>& identities,
                          const EstimateOptions& options) {
  const auto judge = [&](const CellScores& before, const CellScores& now) {
    return PairedGain(before, now, identities, options);
  };
  return {judge(exact_old_self, exact_cross), judge(old_self.truncated, cross.truncated),
          judge(old_self.approximate, cross.approximate)};
}

}  // namespace bcr
