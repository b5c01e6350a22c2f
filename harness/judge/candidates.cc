#include "harness/judge/candidates.h"

#include <algorithm>
#include <cmath>

#include "harness/eval/block_source.h"
#include "harness/eval/distribution/candidate_groups.h"
#include "harness/eval/distribution/candidate_sets.h"
#include "harness/judge/graph.h"
#include "harness/judge/progress.h"
#include "harness/judge/thresholds.h"

namespace bcr {
namespace {

using Sets = CandidateFigures::Sets;

// The size that a share of the sorted sizes does not exceed.
int64_t Quantile(const std::vector<uint32_t>& sorted, double share) {
  const auto place = std::ceil(share * static_cast<double>(sorted.size()) - 1e-9);
  return sorted[static_cast<size_t>(std::max(place, 1.0)) - 1];
}

Sets SetsOf(const CandidateSets& counted, double threshold, const ScoredCell& cell,
            const JudgeOptions& options) {
  std::vector<uint32_t> sizes;
  ValueColumn hits;
  double people = 0;
  for (size_t q = 0; q < counted.sizes.size(); ++q) {
    hits.valid.push_back(cell.scores.queries[q].valid);
    hits.values.push_back(counted.hit[q] ? 1 : 0);
    if (!hits.valid.back()) continue;
    sizes.push_back(counted.sizes[q]);
    people += counted.sizes[q];
  }
  std::sort(sizes.begin(), sizes.end());
  const auto n = static_cast<double>(sizes.size());
  Sets sets;
  sets.threshold = ThresholdOf(options.scoring.distance, threshold);
  sets.mean = people / n;
  sets.median = Quantile(sizes, 0.5);
  sets.ninety_five = Quantile(sizes, 0.95);
  sets.empty = static_cast<double>(std::count(sizes.begin(), sizes.end(), 0U)) / n;
  const Estimate rate =
      EstimateAll({hits}, cell.identities, {ShareOf(0)}, StatisticsOf(options)).front();
  sets.hit_rate = ToMetric(rate, sizes.size()).value();
  sets.recall = static_cast<double>(counted.accepted) / static_cast<double>(counted.matches);
  return sets;
}

// Scores of one cell, twice.
class Streams {
 public:
  Streams(const GraphRequest& request, const CellName& name)
      : rows_(RowsOf(request, name)),
        options_(request.options),
        source_(Watched(
            SourceOfCell(rows_, request.options),
            WatchScores("candidates of " + name.Text(),
                        2 * rows_.query->rows() * rows_.gallery->rows(), request.options.quiet))) {}

  std::vector<double> Thresholds(const std::vector<double>& sizes) const {
    return CandidateThresholds(*source_, *rows_.query_index, *rows_.gallery_index, sizes,
                               options_.scoring);
  }
  std::vector<CandidateSets> Count(const std::vector<double>& thresholds) const {
    return CountCandidates(*source_, *rows_.query_index, *rows_.gallery_index, thresholds,
                           options_.scoring);
  }
  CandidatePairs Pairs() const {
    return CountCandidatePairs(*rows_.query_index, *rows_.gallery_index, options_.scoring.policy);
  }

 private:
  const CellRows rows_;
  const JudgeOptions& options_;
  const std::unique_ptr<BlockSource> source_;
};

CandidateFigures::Cell CellOf(const GraphRequest& request, const ScoredCell& scored,
                              const CellName& name, const std::vector<double>* carried,
                              std::vector<double>& own) {
  const std::vector<double>& sizes = request.asked.candidates;
  const Streams streams(request, name);
  own = streams.Thresholds(sizes);
  std::vector<double> thresholds = own;
  if (carried != nullptr) thresholds.insert(thresholds.end(), carried->begin(), carried->end());
  const std::vector<CandidateSets> counted = streams.Count(thresholds);
  const CandidatePairs pairs = streams.Pairs();
  CandidateFigures::Cell cell{name.query_model,
                              name.gallery_model,
                              static_cast<int64_t>(pairs.queries),
                              static_cast<int64_t>(pairs.candidates),
                              {}};
  for (size_t k = 0; k < sizes.size(); ++k) {
    const auto sets_at = [&](size_t t) {
      return SetsOf(counted[t], thresholds[t], scored, request.options);
    };
    CandidateFigures::Point& point = cell.points.emplace_back();
    point.wanted = sizes[k];
    point.own = sets_at(k);
    if (carried != nullptr) point.carried = sets_at(sizes.size() + k);
  }
  return cell;
}

}  // namespace

void CheckCandidates(const GraphRequest& request) {
  if (request.asked.candidates.empty()) return;
  const SharedImages images = ImagesOf(request.models);
  if (images.query == nullptr || images.gallery == nullptr) return;
  const CandidatePairs pairs =
      CountCandidatePairs(*images.query, *images.gallery, request.options.scoring.policy);
  for (const double size : request.asked.candidates) PairsForSize(size, pairs);
}

CandidateFigures CandidateSection(const GraphRequest& request,
                                  const std::vector<ScoredCell>& cells) {
  CandidateFigures figures;
  if (request.cells.empty()) return figures;
  const CellName first = request.upgrade
                             ? CellName{request.upgrade->old_model, request.upgrade->old_model}
                             : request.cells.front();
  const auto add = [&](const CellName& name, const std::vector<double>* carried) {
    std::vector<double> own;
    figures.cells.push_back(CellOf(request, *FindScored(cells, name), name, carried, own));
    return own;
  };
  std::optional<std::vector<double>> set_in_first;
  if (FindScored(cells, first) != nullptr) {
    figures.calibrated_on = {first.query_model, first.gallery_model};
    set_in_first = add(first, nullptr);
  }
  for (const CellName& name : request.cells) {
    if (name == first || FindScored(cells, name) == nullptr) continue;
    add(name, set_in_first ? &*set_in_first : nullptr);
  }
  return figures;
}

}  // namespace bcr
