#include "harness/judge/cells.h"

#include "harness/eval/block_source.h"
#include "harness/eval/statistics/cell_metrics.h"
#include "harness/judge/progress.h"

namespace bcr {

std::unique_ptr<BlockSource> SourceOfCell(const CellRows& rows, const JudgeOptions& options) {
  const ScoringOptions& scoring = options.scoring;
  const FeatureIndex &query = *rows.query_index, &gallery = *rows.gallery_index;
  if (options.rerank) {
    RerankOptions rerank = *options.rerank;
    rerank.block_mb = scoring.block_mb;
    rerank.threads = scoring.threads;
    return NewRerankedSource(*rows.query, *rows.gallery, scoring.distance, rerank);
  }
  if (options.source)
    return options.source(*rows.query, *rows.gallery, scoring.distance, &query, &gallery);
  return NewCpuBlockSource(*rows.query, *rows.gallery, scoring.distance, &query, &gallery);
}

CellScores ScoreCellRows(const CellRows& rows, const JudgeOptions& options,
                         const std::string& title) {
  const ScoreWatcher watcher =
      WatchScores(title, rows.query->rows() * rows.gallery->rows(), options.quiet);
  const auto source = Watched(SourceOfCell(rows, options), watcher);
  return ScoreCell(*source, *rows.query_index, *rows.gallery_index, options.scoring);
}

CellRecord RecordCell(const CellName& name, const CellScores& scores,
                      const std::vector<std::string>& identities, const EstimateOptions& options) {
  CellRecord record;
  record.query_model = name.query_model;
  record.gallery_model = name.gallery_model;
  record.cmc = scores.cmc;
  record.gallery_size = static_cast<int64_t>(scores.gallery_size);
  for (const QueryScore& query : scores.queries) {
    ++(query.valid ? record.valid_queries : record.invalid_queries);
  }
  const IdentityCount people = CountIdentities(scores, identities);
  record.identities = {static_cast<int64_t>(people.count), people.effective,
                       people.effective < kFewIdentities};
  for (const CellMetric& metric : EstimateCellMetrics(scores, identities, options)) {
    if (const auto value = ToMetric(metric.estimate, static_cast<size_t>(record.valid_queries))) {
      record.metrics[metric.name] = *value;
    } else {
      record.reasons[metric.name] = metric.estimate.reason;
    }
  }
  return record;
}

std::vector<PerQueryRow> PerQueryRows(const CellScores& scores, const FeatureIndex& query,
                                      const FeatureIndex* gallery) {
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
                    {q.of_ranks.begin(), q.of_ranks.end()},
                    {}};
    if (q.valid && !q.hits.empty()) {
      row.hits.emplace();
      for (size_t k = 0; k < kHitRanks.size(); ++k) (*row.hits)[k] = HitWithin(q, kHitRanks[k]);
    }
    for (size_t k = 0; i < scores.lists.size() && k < scores.lists[i].size(); ++k) {
      const ListedRow& listed = scores.lists[i][k];
      row.list.push_back({gallery->images[listed.row], listed.match});
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

ScoredCell DescribeCell(const CellName& name, CellScores scores, const FeatureIndex& query,
                        const FeatureIndex& gallery, const EstimateOptions& options) {
  ScoredCell cell;
  cell.record = RecordCell(name, scores, query.identities, options);
  cell.queries =
      MakeSideFile(PerQueryRows(scores, query, &gallery), cell.record.per_query.emplace());
  cell.scores = std::move(scores);
  cell.identities = query.identities;
  return cell;
}

const ScoredCell* FindScored(const std::vector<ScoredCell>& cells, const CellName& name) {
  for (const ScoredCell& cell : cells) {
    const CellRecord& record = cell.record;
    if (record.status != "ok") continue;
    if (CellName{record.query_model, record.gallery_model} == name) return &cell;
  }
  return nullptr;
}

std::vector<CellName> PlannedCells(const std::vector<ModelRows>& models, bool chain) {
  std::vector<CellName> cells;
  for (size_t t = 0; t < models.size(); ++t) {
    const bool paragon = !chain && models[t].key == "paragon";
    for (size_t k = t + 1; k-- > 0;) {
      if (models[k].gallery && (k == t || !paragon)) {
        cells.push_back({models[t].key, models[k].key});
      }
    }
    if (!chain && t == 1 && !paragon && models[t].gallery) {
      cells.push_back({models[0].key, models[t].key});
    }
  }
  return cells;
}

std::optional<MetricValue> ToMetric(const Estimate& estimate, size_t n) {
  if (!estimate.value) return std::nullopt;
  return MetricValue{*estimate.value,         estimate.low,     estimate.high,
                     static_cast<int64_t>(n), estimate.p_value, estimate.few};
}

}  // namespace bcr
