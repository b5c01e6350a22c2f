#include "harness/eval/scorer.h"

#include <fmt/core.h>

#include "harness/core/error.h"
#include "harness/eval/block_source.h"
#include "harness/eval/distribution/score_distribution.h"
#include "harness/eval/ranking/rank_counter.h"
#include "harness/eval/ranking/rank_metrics.h"
#include "harness/eval/ranking/single_shot.h"
#include "harness/eval/ranking/tie_counter.h"
#include "harness/eval/ranking/top_lists.h"
#include "harness/eval/relevance.h"
#include "harness/eval/score_stream.h"

namespace bcr {
namespace {

void CheckOptions(const ScoringOptions& options) {
  const auto require = [](const char* name, int value) {
    if (value >= 1) return;
    throw Error(ErrorCode::kUsage, {.where = fmt::format("scoring option {}", name),
                                    .found = fmt::format("{}", value),
                                    .expected = "1 or more"});
  };
  require("max_rank", options.max_rank);
  require("block_mb", options.block_mb);
  if (options.policy == Policy::kCuhk03SingleShot && options.ties == Ties::kMean) {
    throw Error(ErrorCode::kUsage, {.where = "scoring with the policy cuhk03-single-shot",
                                    .found = "ties in the mean",
                                    .expected = "by-row, optimistic or pessimistic",
                                    .hint = "The policy is an expectation over draws already."});
  }
}

void CheckRows(const RowSource& rows, const FeatureIndex& index, const char* side) {
  if (rows.rows() == index.size()) return;
  throw Error(ErrorCode::kData,
              {.where = fmt::format("{} features", side),
               .found = fmt::format("{} rows for {} images", rows.rows(), index.size()),
               .expected = "one row an image"});
}

std::unique_ptr<QueryScorer> NewScorer(const Relevance& relevance, const ScoringOptions& options) {
  if (options.ties == Ties::kByRow) {
    return NewRankCounter(relevance.queries(), relevance.gallery());
  }
  return NewTieCounter(relevance.queries(), relevance.gallery(), options.ties, options.max_rank);
}

}  // namespace

CellScores ScoreCell(BlockSource& source, const FeatureIndex& query, const FeatureIndex& gallery,
                     const ScoringOptions& options) {
  CheckOptions(options);
  const Relevance relevance(query, gallery, options.policy);
  relevance.RequireMatch();
  const auto scorer = NewScorer(relevance, options);
  std::vector<BlockConsumer*> consumers = {scorer.get()};
  StreamShape shape =
      ChooseShape(relevance.queries(), relevance.gallery(), options.block_mb, source.query_band());
  std::unique_ptr<SingleShot> single_shot;
  if (options.policy == Policy::kCuhk03SingleShot) {
    single_shot = NewSingleShot(relevance.queries(), gallery, options.ties, options.max_rank);
    consumers.push_back(single_shot.get());
    shape = WholeRowShape(relevance.queries(), relevance.gallery(), options.block_mb);
  }
  std::unique_ptr<DistributionCounter> distribution;
  if (options.distribution) {
    distribution = NewDistributionCounter(relevance.queries(), options.distance);
    consumers.push_back(distribution.get());
  }
  std::unique_ptr<TopLister> lister;
  if (options.list_length > 0) {
    lister = NewTopLister(relevance.queries(), static_cast<size_t>(options.list_length));
    consumers.push_back(lister.get());
  }
  StreamScores(source, relevance, shape, options.threads, consumers, {&query, &gallery});
  CellScores cell;
  cell.queries = scorer->queries();
  for (size_t q = 0; single_shot != nullptr && q < cell.queries.size(); ++q) {
    cell.queries[q].hits = single_shot->hits()[q];
  }
  if (distribution) {
    cell.distribution = std::make_shared<ScoreDistribution>(distribution->Take());
  }
  if (lister) cell.lists = lister->Take();
  cell.gallery_size = relevance.gallery() - relevance.junk().size();
  Summarize(cell, options.max_rank);
  return cell;
}

CellScores ScoreRows(const RowSource& query, const FeatureIndex& query_index,
                     const RowSource& gallery, const FeatureIndex& gallery_index,
                     const ScoringOptions& options) {
  CheckOptions(options);
  CheckRows(query, query_index, "query");
  CheckRows(gallery, gallery_index, "gallery");
  const auto source =
      NewCpuBlockSource(query, gallery, options.distance, &query_index, &gallery_index);
  return ScoreCell(*source, query_index, gallery_index, options);
}

CellScores ScoreCosine(const FeatureSet& query, const FeatureSet& gallery,
                       const ScoringOptions& options) {
  ScoringOptions cosine = options;
  cosine.distance = Distance::kCosine;
  return ScoreRows(*NewMatrixRows(query.features.view()), query.index,
                   *NewMatrixRows(gallery.features.view()), gallery.index, cosine);
}

}  // namespace bcr
