#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/eval/episodes/episode_pool.h"
#include "harness/eval/postprocess/rerank.h"
#include "harness/eval/scorer.h"
#include "harness/eval/statistics/estimate.h"
#include "harness/features/width.h"

namespace bcr {

// Makes who multiplies the rows of a cell, e.g. on a GPU. The indexes only name images in errors.
using BlockSourceMaker = std::function<std::unique_ptr<BlockSource>(
    const RowSource& query, const RowSource& gallery, Distance distance,
    const FeatureIndex* query_index, const FeatureIndex* gallery_index)>;

// How cells are scored and judged.
struct JudgeOptions {
  ScoringOptions scoring;
  WidthPolicy widths;
  int resamples = 2000;
  int64_t seed = 1;                     // of resamples and shuffles
  std::optional<RerankOptions> rerank;  // of every cell; block_mb and threads are the scoring's
  BlockSourceMaker source;              // of the cells' products; empty: NewCpuBlockSource
  bool quiet = true;                    // no progress on stderr
};

// The optional sections that a request asks for.
struct SectionsAsked {
  bool pairs = false, backfill = false;  // of an upgrade
  bool slices = false;                   // of every cell
  bool thresholds = false;               // of every cell, and of an upgrade
  int changes = 0;  // of an upgrade: how many of those who change most; 0: none
  bool changes_by_camera = false;
  bool lists = false;  // of every cell: the first kListed images of each query, in its side file
  std::string search;  // FAISS index string, for every cell; "" for none
  std::vector<EpisodeKind> episodes;  // of every cell
  int episode_count = 0;              // of each kind
  std::vector<double> candidates;     // of every cell: mean numbers of people in a candidate set

  // Whether a section is made of feature rows, also where every cell is scored already.
  bool NeedsRows() const;
};

// Throws kUsage where what is asked for does not go together: a re-ranked distance depends on the
// whole gallery, so nothing that mixes galleries or asks for distances on their own goes with it,
// nor does a device; a policy that keeps one image of every identity goes with nothing that needs
// them all. Also where this build cannot search.
void CheckAsked(const SectionsAsked& asked, const JudgeOptions& options);

EstimateOptions StatisticsOf(const JudgeOptions& options);

}  // namespace bcr
