#include "harness/eval/scorer.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "harness/core/parallel.h"
#include "harness/core/suggest.h"
#include "harness/eval/block_source.h"
#include "harness/eval/rank_counter.h"
#include "harness/eval/rank_metrics.h"
#include "harness/eval/relevance.h"
#include "harness/eval/score_stream.h"

namespace bcr {
namespace {

constexpr size_t kRowsATask = 64;
constexpr double kZeroNorm = 1e-12;  // below this NormalizeRows does not reach length 1

void CheckOptions(const ScoringOptions& options) {
  const auto require = [](const char* name, int value) {
    if (value >= 1) return;
    throw Error(ErrorCode::kUsage, {.where = fmt::format("scoring option {}", name),
                                    .found = fmt::format("{}", value),
                                    .expected = "1 or more"});
  };
  require("max_rank", options.max_rank);
  require("block_mb", options.block_mb);
}

void CheckRow(const FeatureSet& set, const char* side, size_t i) {
  const float* row = set.features.row(i);
  double squares = 0;
  for (size_t k = 0; k < set.features.cols(); ++k) squares += double{row[k]} * row[k];
  const double norm = std::sqrt(squares);
  if (norm >= kZeroNorm && std::isfinite(norm)) return;
  throw Error(ErrorCode::kData,
              {.where = fmt::format("{} features: row {} ({})", side, i, set.index.images[i]),
               .found = std::isfinite(norm) ? "a row of zeros" : "NaN or infinity",
               .expected = "finite values, not all zero",
               .hint = "A cosine needs a direction; extract this image again or drop it."});
}

// A copy with rows of length 1. Refuses rows whose direction is undefined.
FloatMatrix UnitRows(const FeatureSet& set, const char* side, int threads) {
  const size_t rows = set.features.rows();
  const size_t cols = set.features.cols();
  if (rows != set.index.size()) {
    throw Error(ErrorCode::kData,
                {.where = fmt::format("{} features", side),
                 .found = fmt::format("{} rows for {} images", rows, set.index.size()),
                 .expected = "one row an image"});
  }
  FloatMatrix unit(rows, cols);
  ParallelFor((rows + kRowsATask - 1) / kRowsATask, threads, [&](size_t task) {
    const size_t begin = task * kRowsATask;
    const size_t end = std::min(rows, begin + kRowsATask);
    for (size_t i = begin; i < end; ++i) CheckRow(set, side, i);
    FloatMatrix part(end - begin, cols);
    std::copy(set.features.row(begin), set.features.row(end), part.data());
    NormalizeRows(part);
    std::copy(part.row(0), part.row(end - begin), unit.row(begin));
  });
  return unit;
}

}  // namespace

const char* PolicyName(Policy policy) {
  switch (policy) {
    case Policy::kMarket:
      return "market";
    case Policy::kCamera:
      return "camera";
    case Policy::kNone:
      return "none";
  }
  return "?";
}

Policy ParsePolicy(const std::string& name) {
  for (const Policy policy : {Policy::kMarket, Policy::kCamera, Policy::kNone}) {
    if (name == PolicyName(policy)) return policy;
  }
  throw Error(ErrorCode::kUsage, {.where = "scoring policy",
                                  .found = fmt::format("`{}`", name),
                                  .expected = "market or none",
                                  .hint = SuggestionFor(name, {"market", "none"})});
}

CellScores ScoreCell(BlockSource& source, const FeatureIndex& query, const FeatureIndex& gallery,
                     const ScoringOptions& options) {
  CheckOptions(options);
  const Relevance relevance(query, gallery, options.policy);
  const auto counter = NewRankCounter(relevance.queries(), relevance.gallery());
  BlockConsumer* const consumers[] = {counter.get()};
  StreamScores(source, relevance,
               ChooseShape(relevance.queries(), relevance.gallery(), options.block_mb),
               options.threads, consumers);
  CellScores cell;
  cell.queries = counter->queries();
  cell.gallery_size = relevance.gallery() - relevance.junk().size();
  Summarize(cell, options.max_rank);
  if (cell.valid_queries == 0) relevance.ThrowNoMatch();
  return cell;
}

CellScores ScoreCosine(const FeatureSet& query, const FeatureSet& gallery,
                       const ScoringOptions& options) {
  const FloatMatrix query_rows = UnitRows(query, "query", options.threads);
  const FloatMatrix gallery_rows = UnitRows(gallery, "gallery", options.threads);
  const auto source = NewCpuBlockSource(query_rows.view(), gallery_rows.view());
  return ScoreCell(*source, query.index, gallery.index, options);
}

}  // namespace bcr
