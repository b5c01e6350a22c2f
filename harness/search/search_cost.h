#pragma once

#include <string>
#include <vector>

#include "harness/eval/scorer.h"
#include "harness/eval/upgrade/compatibility.h"
#include "harness/features/feature_set.h"
#include "harness/search/approximate.h"

namespace bcr {

class RowSource;

// What is found by looking only at lists of k nearest rows. Junk and same-camera rows are removed
// after the search, as an engine in service would; a match that was not returned is never found: it
// adds nothing to AP, and INP is 0 unless all are there. Ranks count within the list.
// first_rank and last_rank of what is missing are the largest uint32_t.
CellScores ScoreLists(const NearestLists& lists, const FeatureIndex& query,
                      const FeatureIndex& gallery, const ScoringOptions& options);

// Mean over queries of |first r of `found` and first r of `exact`| / min(r, gallery rows listed).
double RecallAt(const NearestLists& found, const NearestLists& exact, int r);

// One cell searched approximately, beside the exact figures.
struct SearchCost {
  std::string index;
  int k = 0;
  double recall_at_1 = 0, recall_at_10 = 0, recall_at_k = 0;  // of the k nearest, policy aside
  CellScores approximate;                                     // ScoreLists of the approximate lists
  CellScores truncated;  // ScoreLists of the exact lists: what looking at k rows costs by itself
};

// The distance must be the cosine (kUsage otherwise). Errors as SearchApproximately.
SearchCost MeasureSearch(const std::string& index, const RowSource& query,
                         const FeatureIndex& query_index, const RowSource& gallery,
                         const FeatureIndex& gallery_index, const ScoringOptions& scoring,
                         const ApproximateOptions& options);

// Whether the upgrade is judged differently by an engine that searches approximately.
struct SearchUpgrade {   // gains in mAP, each of the cross cell over old/old
  Estimate exact;        // from the exact cells
  Estimate truncated;    // from exact lists that end at k: no index, but short lists
  Estimate approximate;  // from approximate lists
};
SearchUpgrade JudgeSearch(const CellScores& exact_old_self, const CellScores& exact_cross,
                          const SearchCost& old_self, const SearchCost& cross,
                          const std::vector<std::string>& identities,
                          const EstimateOptions& options);

}  // namespace bcr
