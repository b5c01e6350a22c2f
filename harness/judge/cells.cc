#include "harness/judge/cells.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/eval/statistics/cell_metrics.h"
#include "harness/judge/row_width.h"
#ifdef BCR_WITH_TORCH
#include "harness/nn/device_block_source.h"
#endif

namespace bcr {
namespace {

std::vector<PerQueryRow> ToRows(const CellScores& scores, const FeatureIndex& query) {
  std::vector<PerQueryRow> rows;
  rows.reserve(query.size());
  for (size_t i = 0; i < query.size(); ++i) {
    const QueryScore& q = scores.queries[i];
    PerQueryRow row{query.images[i],
                    query.identities[i],
                    query.cameras[i],
                    q.valid,
                    q.ap_hits,
                    q.ap_trapezoid,
                    q.inp,
                    q.first_rank,
                    std::nullopt,
                    {q.of_ranks.begin(), q.of_ranks.end()}};
    if (q.valid && !q.hits.empty()) {
      row.hits.emplace();
      for (size_t k = 0; k < kHitRanks.size(); ++k) (*row.hits)[k] = HitWithin(q, kHitRanks[k]);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

void AddMetrics(const CellScores& scores, const std::vector<std::string>& identities,
                const BootstrapOptions& options, CellRecord& record) {
  for (const QueryScore& query : scores.queries) {
    ++(query.valid ? record.valid_queries : record.invalid_queries);
  }
  for (const CellMetric& metric : EstimateCellMetrics(scores, identities, options)) {
    if (const auto value = ToMetric(metric.estimate, static_cast<size_t>(record.valid_queries))) {
      record.metrics[metric.name] = *value;
    } else {
      record.reasons[metric.name] = metric.estimate.reason;
    }
  }
}

CellScores ScoreOn(const ScoreRequest& request, const CellRows& rows, const FeatureIndex& query,
                   const FeatureIndex& gallery) {
  const ScoringOptions& options = request.scoring;
  const std::string& device = request.device;
  if (request.rerank) {
    RerankOptions rerank = *request.rerank;
    rerank.block_mb = options.block_mb;
    rerank.threads = options.threads;
    const auto source = NewRerankedSource(*rows.query, *rows.gallery, options.distance, rerank);
    return ScoreCell(*source, query, gallery, options);
  }
#ifdef BCR_WITH_TORCH
  if (device != "cpu") {
    const auto source = NewDeviceBlockSource(*rows.query, *rows.gallery, options.distance, device,
                                             &query, &gallery);
    return ScoreCell(*source, query, gallery, options);
  }
#endif
  BCR_CHECK(device == "cpu", "a device without LibTorch");
  return ScoreRows(*rows.query, query, *rows.gallery, gallery, options);
}

}  // namespace

CellRows RowsOf(const std::vector<OpenModel>& models, size_t query, size_t gallery,
                const std::string& widths) {
  const OpenModel &q = models[query], &g = models[gallery];
  const size_t width = models[std::min(query, gallery)].query.rows->cols();
  return {InWidth(q.query.rows, width, widths, q.query.flag),
          InWidth(g.gallery->rows, width, widths, g.gallery->flag)};
}

std::vector<std::pair<size_t, size_t>> PlannedCells(const ScoreRequest& request,
                                                    const std::vector<OpenModel>& models) {
  std::vector<std::pair<size_t, size_t>> cells;
  for (size_t t = 0; t < models.size(); ++t) {
    const bool paragon = !request.chain && models[t].key == "paragon";
    for (size_t k = t + 1; k-- > 0;) {
      if (models[k].gallery && (k == t || !paragon)) cells.emplace_back(t, k);
    }
    if (!request.chain && t == 1 && !paragon && models[t].gallery) cells.emplace_back(0, t);
  }
  return cells;
}

ScoredCell ScoreOneCell(const ScoreRequest& request, const std::vector<OpenModel>& models,
                        size_t query, size_t gallery) {
  const CellRows rows = RowsOf(models, query, gallery, request.widths);
  ScoredCell cell;
  cell.query_model = cell.record.query_model = models[query].key;
  cell.gallery_model = cell.record.gallery_model = models[gallery].key;
  const FeatureIndex& query_index = models[query].query.index;
  cell.scores = ScoreOn(request, rows, query_index, models[gallery].gallery->index);
  cell.record.cmc = cell.scores.cmc;
  cell.record.gallery_size = static_cast<int64_t>(cell.scores.gallery_size);
  const std::vector<PerQueryRow> per_query = ToRows(cell.scores, query_index);
  AddMetrics(cell.scores, query_index.identities, BootstrapOf(request), cell.record);
  FileRef ref;
  cell.queries = MakeSideFile(per_query, ref);
  cell.record.per_query = ref;
  return cell;
}

const ScoredCell* FindScored(const std::vector<ScoredCell>& cells, const std::string& query_model,
                             const std::string& gallery_model) {
  for (const ScoredCell& cell : cells) {
    if (cell.query_model == query_model && cell.gallery_model == gallery_model) return &cell;
  }
  return nullptr;
}

BootstrapOptions BootstrapOf(const ScoreRequest& request) {
  return {.seed = DeriveSeed(static_cast<uint64_t>(request.seed), "bootstrap"),
          .resamples = request.resamples};
}

std::optional<MetricValue> ToMetric(const Estimate& estimate, size_t n) {
  if (!estimate.value) return std::nullopt;
  return MetricValue{*estimate.value, estimate.low, estimate.high, static_cast<int64_t>(n)};
}

}  // namespace bcr
