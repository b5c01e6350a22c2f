#include "harness/judge/changes.h"

#include <algorithm>
#include <map>

#include "harness/eval/upgrade/slices.h"
#include "harness/judge/graph.h"
#include "harness/judge/progress.h"

namespace bcr {
namespace {

// The entries that lose most, or gain most: as many as `length`, none that does not change so.
template <typename Item>
std::vector<Item> Extreme(std::vector<Item> items, bool worst, int64_t length) {
  const double sign = worst ? 1 : -1;
  const auto change = [&](const Item& item) { return sign * (item.after - item.before); };
  std::erase_if(items, [&](const Item& item) { return change(item) >= 0; });
  std::stable_sort(items.begin(), items.end(),
                   [&](const Item& a, const Item& b) { return change(a) < change(b); });
  items.resize(std::min(items.size(), static_cast<size_t>(length)));
  return items;
}

template <typename Item>
int64_t Fallen(const std::vector<Item>& items) {
  return std::count_if(items.begin(), items.end(),
                       [](const Item& item) { return item.after < item.before; });
}

std::vector<ChangeFigures::Query> QueriesOf(const CellScores& before, const CellScores& after,
                                            const FeatureIndex& index) {
  std::vector<ChangeFigures::Query> queries;
  for (size_t q = 0; q < index.size(); ++q) {
    const QueryScore &old_query = before.queries[q], &new_query = after.queries[q];
    if (!old_query.valid || !new_query.valid) continue;
    queries.push_back({index.images[q], index.identities[q], index.cameras[q], old_query.ap_hits,
                       new_query.ap_hits, static_cast<int64_t>(old_query.first_rank),
                       static_cast<int64_t>(new_query.first_rank)});
  }
  return queries;
}

// By name, bytewise.
std::vector<ChangeFigures::Identity> IdentitiesOf(
    const std::vector<ChangeFigures::Query>& queries) {
  std::map<std::string, ChangeFigures::Identity> sums;
  for (const ChangeFigures::Query& query : queries) {
    ChangeFigures::Identity& identity = sums[query.identity];
    ++identity.queries;
    identity.before += query.before;
    identity.after += query.after;
  }
  std::vector<ChangeFigures::Identity> identities;
  for (auto& [name, sum] : sums) {
    const auto n = static_cast<double>(sum.queries);
    identities.push_back({name, sum.queries, sum.before / n, sum.after / n});
  }
  return identities;
}

std::vector<CameraPairSlice> SlicesOf(const GraphRequest& request, const CellName& name) {
  const CellRows rows = RowsOf(request, name);
  return SliceByCameraPair(
      *rows.query, *rows.query_index, *rows.gallery, *rows.gallery_index, request.options.scoring,
      StatisticsOf(request.options),
      WatchScores("camera pairs of " + name.Text(), rows.query->rows() * rows.gallery->rows(),
                  request.options.quiet));
}

std::vector<ChangeFigures::CameraPair> CameraPairsOf(const GraphRequest& request,
                                                     const CellName& before,
                                                     const CellName& after) {
  const auto old_slices = SlicesOf(request, before), new_slices = SlicesOf(request, after);
  std::vector<ChangeFigures::CameraPair> pairs;
  for (size_t i = 0; i < old_slices.size(); ++i) {
    const Slice &old_slice = old_slices[i].slice, &new_slice = new_slices[i].slice;
    if (!old_slice.map_hits.value || !new_slice.map_hits.value) continue;
    pairs.push_back({old_slices[i].query_camera, old_slices[i].gallery_camera,
                     static_cast<int64_t>(old_slice.valid),
                     static_cast<int64_t>(old_slice.identities), *old_slice.map_hits.value,
                     *new_slice.map_hits.value});
  }
  return pairs;
}

}  // namespace

ChangeFigures ChangeSection(const GraphRequest& request, const std::vector<ScoredCell>& cells) {
  const UpgradeNames& names = *request.upgrade;
  const CellName before = {names.old_model, names.old_model};
  const CellName after = {names.new_model, names.old_model};
  const CellRows rows = RowsOf(request, after);
  const auto queries = QueriesOf(FindScored(cells, before)->scores,
                                 FindScored(cells, after)->scores, *rows.query_index);
  const auto identities = IdentitiesOf(queries);
  ChangeFigures figures;
  figures.length = request.asked.changes;
  figures.identities = static_cast<int64_t>(identities.size());
  figures.identities_worse = Fallen(identities);
  figures.queries = static_cast<int64_t>(queries.size());
  figures.queries_worse = Fallen(queries);
  figures.worst_queries = Extreme(queries, true, figures.length);
  figures.best_queries = Extreme(queries, false, figures.length);
  figures.worst_identities = Extreme(identities, true, figures.length);
  figures.by_camera = request.asked.changes_by_camera;
  if (figures.by_camera) {
    figures.worst_camera_pairs =
        Extreme(CameraPairsOf(request, before, after), true, figures.length);
  }
  return figures;
}

}  // namespace bcr
