#include "harness/judge/episodes.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/interrupt.h"
#include "harness/core/parallel.h"
#include "harness/core/progress.h"
#include "harness/eval/episodes/episode_mean.h"
#include "harness/eval/episodes/prototypes.h"
#include "harness/judge/graph.h"
#include "harness/judge/progress.h"

namespace bcr {
namespace {

constexpr size_t kChunk = 64;  // episodes between two looks at progress and Ctrl-C

// What became of the episodes of one kind: entry e * way + i is person i of episode e.
struct Outcomes {
  size_t way = 0;
  size_t queries = 0;                       // asked, all in all
  std::vector<std::string> people;          // their identities
  std::vector<std::vector<double>> shares;  // by cell: of a person's queries, those that are right
};

Outcomes Run(const EpisodePool& pool, const std::vector<CellRows>& cells,
             const GraphRequest& request) {
  const auto count = static_cast<size_t>(request.asked.episode_count);
  const auto seed = static_cast<uint64_t>(request.options.seed);
  Outcomes outcomes;
  outcomes.way = static_cast<size_t>(pool.kind().way);
  outcomes.people.resize(count * outcomes.way);
  outcomes.shares.assign(cells.size(), std::vector<double>(count * outcomes.way));
  std::vector<size_t> queries(count);
  Progress progress("episodes " + pool.kind().Text(), static_cast<int64_t>(count), "episodes",
                    request.options.quiet, kShownAfter);
  progress.Update(0);
  for (size_t begin = 0; begin < count; begin += kChunk) {
    ThrowIfInterrupted();
    const size_t end = std::min(count, begin + kChunk);
    ParallelFor(end - begin, request.options.scoring.threads, [&](size_t i) {
      const size_t e = begin + i;
      const Episode episode = pool.Draw(EpisodeSeed(seed, pool.kind(), e));
      for (size_t p = 0; p < episode.size(); ++p) {
        outcomes.people[e * outcomes.way + p] = pool.identities()[episode[p].identity];
        queries[e] += episode[p].queries.size();
      }
      for (size_t c = 0; c < cells.size(); ++c) {
        const std::vector<double> shares = EpisodeShares(*cells[c].query, *cells[c].gallery,
                                                         request.options.scoring.distance, episode);
        std::copy(shares.begin(), shares.end(),
                  outcomes.shares[c].begin() + static_cast<ptrdiff_t>(e * outcomes.way));
      }
    });
    progress.Update(static_cast<int64_t>(end));
  }
  for (const size_t asked : queries) outcomes.queries += asked;
  return outcomes;
}

// Of every episode: the mean over its people.
std::vector<double> ByEpisode(const std::vector<double>& shares, size_t way) {
  std::vector<double> values(shares.size() / way);
  for (size_t i = 0; i < shares.size(); ++i) values[i / way] += shares[i];
  for (double& value : values) value /= static_cast<double>(way);
  return values;
}

// `per_person` has the value of every person of every episode, `estimate` its interval over people.
EpisodeFigures::Mean MeanOf(const std::vector<double>& per_person, size_t way,
                            const Estimate& estimate) {
  const EpisodeMean mean = MeanOverEpisodes(ByEpisode(per_person, way));
  const auto episodes = static_cast<int64_t>(per_person.size() / way);
  MetricValue value{mean.mean, estimate.low,     estimate.high,
                    episodes,  estimate.p_value, estimate.few};
  if (value.low) {  // summed in another order than the estimate's own value
    value.low = std::min(*value.low, mean.mean);
    value.high = std::max(*value.high, mean.mean);
  }
  return {value, mean.half_width};
}

// The place of a cell; that of the first one, where it is not there.
size_t PlaceOf(const std::vector<CellName>& names, const CellName& cell) {
  const auto found = std::find(names.begin(), names.end(), cell);
  return found == names.end() ? 0 : static_cast<size_t>(found - names.begin());
}

// Each cell less the first model's own (an upgrade's old/old), and each cross cell also less what its
// two models do by themselves.
std::vector<std::pair<size_t, size_t>> Compared(const std::vector<CellName>& names,
                                                const GraphRequest& request) {
  const size_t first =
      request.upgrade ? PlaceOf(names, {request.upgrade->old_model, request.upgrade->old_model})
                      : 0;
  std::vector<std::pair<size_t, size_t>> pairs;
  const auto add = [&](size_t cell, const std::string& model) {
    const CellName self = {model, model};
    const size_t place = PlaceOf(names, self);
    if (place != first && names[place] == self) pairs.emplace_back(cell, place);
  };
  for (size_t c = 0; c < names.size(); ++c) {
    if (c == first) continue;
    pairs.emplace_back(c, first);
    if (names[c].query_model == names[c].gallery_model) continue;
    add(c, names[c].query_model);
    add(c, names[c].gallery_model);
  }
  return pairs;
}

const EpisodeFigures::Difference* Find(const EpisodeFigures::Kind& kind, const CellName& cell,
                                       const CellName& from) {
  for (const auto& one : kind.differences) {
    if (CellName{one.query_model, one.gallery_model} == cell &&
        CellName{one.from_query_model, one.from_gallery_model} == from)
      return &one;
  }
  return nullptr;
}

void SetShareOfNew(const UpgradeNames& names, EpisodeFigures::Kind& kind) {
  const CellName before = {names.old_model, names.old_model};
  const auto* whole = Find(kind, {names.new_model, names.new_model}, before);
  const auto* part = Find(kind, {names.new_model, names.old_model}, before);
  if (whole == nullptr || part == nullptr) return;
  const MetricValue& gain = whole->difference.value;
  if (gain.low && *gain.low > 0) {
    kind.share_of_new = part->difference.value.value / gain.value;
  } else {
    kind.share_of_new_reason = "it is not clear that new/new gains";
  }
}

EpisodeFigures::Kind KindOf(const EpisodePool& pool, const std::vector<CellName>& names,
                            const Outcomes& outcomes, const GraphRequest& request) {
  EpisodeFigures::Kind kind;
  kind.way = pool.kind().way;
  kind.shot = pool.kind().shot;
  kind.queries = pool.kind().queries;
  kind.mean_queries =
      static_cast<double>(outcomes.queries) / static_cast<double>(outcomes.people.size());
  kind.identities = static_cast<int64_t>(pool.identities().size());
  kind.left_out = pool.left_out();
  std::vector<ValueColumn> columns;
  std::vector<Statistic> statistics;
  for (size_t c = 0; c < names.size(); ++c) {
    columns.push_back({outcomes.shares[c], std::vector<bool>(outcomes.people.size(), true)});
    statistics.push_back(LevelOf(c));
  }
  const auto pairs = Compared(names, request);
  for (const auto& [cell, from] : pairs) statistics.push_back(DifferenceOf(cell, from));
  const std::vector<Estimate> estimates =
      EstimateAll(columns, outcomes.people, statistics, StatisticsOf(request.options));
  for (size_t c = 0; c < names.size(); ++c) {
    kind.cells.push_back({names[c].query_model, names[c].gallery_model,
                          MeanOf(outcomes.shares[c], outcomes.way, estimates[c])});
  }
  for (size_t p = 0; p < pairs.size(); ++p) {
    const auto [cell, from] = pairs[p];
    std::vector<double> changes = outcomes.shares[cell];
    for (size_t i = 0; i < changes.size(); ++i) changes[i] -= outcomes.shares[from][i];
    kind.differences.push_back({names[cell].query_model, names[cell].gallery_model,
                                names[from].query_model, names[from].gallery_model,
                                MeanOf(changes, outcomes.way, estimates[names.size() + p])});
  }
  if (request.upgrade) SetShareOfNew(*request.upgrade, kind);
  return kind;
}

}  // namespace

void CheckEpisodes(const GraphRequest& request) {
  const SharedImages images = ImagesOf(request.models);
  if (images.query == nullptr || images.gallery == nullptr) return;
  for (const EpisodeKind& kind : request.asked.episodes)
    EpisodePool(*images.query, *images.gallery, request.options.scoring.policy, kind);
}

EpisodeFigures EpisodeSection(const GraphRequest& request, const std::vector<ScoredCell>& cells) {
  std::vector<CellName> names;
  std::vector<CellRows> rows;
  for (const CellName& name : request.cells) {
    if (FindScored(cells, name) == nullptr) continue;
    names.push_back(name);
    rows.push_back(RowsOf(request, name));
  }
  EpisodeFigures figures;
  if (names.empty()) return figures;
  for (const EpisodeKind& kind : request.asked.episodes) {
    const EpisodePool pool(*rows[0].query_index, *rows[0].gallery_index,
                           request.options.scoring.policy, kind);
    figures.kinds.push_back(KindOf(pool, names, Run(pool, rows, request), request));
  }
  return figures;
}

}  // namespace bcr
