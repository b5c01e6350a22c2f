#include <fmt/format.h>

#include <algorithm>

#include "reports/record_parts.h"

namespace bcr::parts {
namespace {

[[noreturn]] void Contradiction(const std::string& where, const std::string& found,
                                const std::string& expected) {
  Refuse(where, found, expected, "The result contradicts itself: make it anew.");
}

void CheckKeys(const std::vector<std::string>& keys, const std::vector<std::string>& named,
               const std::string& where) {
  for (const std::string& key : named) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    Contradiction(where, fmt::format("the model `{}`", key), "a key of `models`");
  }
}

void CheckMatrix(const MatrixFigures& matrix, const std::string& where) {
  if (matrix.map_hits.size() != matrix.models.size()) {
    Contradiction(where + ".map_hits", fmt::format("{} rows", matrix.map_hits.size()),
                  fmt::format("one for each of {} models", matrix.models.size()));
  }
  for (size_t t = 0; t < matrix.map_hits.size(); ++t) {
    if (matrix.map_hits[t].size() == t + 1) continue;
    Contradiction(fmt::format("{}.map_hits[{}]", where, t),
                  fmt::format("{} entries", matrix.map_hits[t].size()),
                  fmt::format("{}: the galleries of this model and the earlier ones", t + 1));
  }
  for (const auto& [name, value] : matrix.values) {
    CheckMetric(value, -1, 1, where + ".values." + name);
    if (matrix.reasons.count(name) == 0) continue;
    Contradiction(where + ".values." + name, "a value beside a reason for its absence",
                  "one of them");
  }
}

void CheckCounts(const PairFigures::Counts& counts, const std::string& where) {
  if (counts.satisfied <= counts.pairs && counts.severe <= counts.pairs - counts.satisfied) return;
  Contradiction(where,
                fmt::format("{} of {} pairs satisfied, {} violated severely", counts.satisfied,
                            counts.pairs, counts.severe),
                "no more than there are");
}

void CheckEpisodes(const std::vector<std::string>& keys, const EpisodeFigures& episodes,
                   const std::string& where) {
  for (size_t k = 0; k < episodes.kinds.size(); ++k) {
    const EpisodeFigures::Kind& kind = episodes.kinds[k];
    const std::string place = fmt::format("{}.kinds[{}]", where, k);
    if (kind.way < 1 || kind.shot < 1 || kind.queries < 1 || kind.identities < kind.way) {
      Contradiction(place,
                    fmt::format("{} ways, {} shots, {} queries, {} identities", kind.way, kind.shot,
                                kind.queries, kind.identities),
                    "1 or more of each, and no more ways than identities");
    }
    for (const auto& cell : kind.cells) {
      CheckKeys(keys, {cell.query_model, cell.gallery_model}, place + ".cells");
      CheckMetric(cell.accuracy.value, 0, 1, place + ".cells");
    }
    for (const auto& one : kind.differences) {
      CheckKeys(keys,
                {one.query_model, one.gallery_model, one.from_query_model, one.from_gallery_model},
                place + ".differences");
      CheckMetric(one.difference.value, -1, 1, place + ".differences");
    }
  }
}

void CheckCandidateSets(const CandidateFigures::Sets& sets, int64_t people,
                        const std::string& where) {
  CheckMetric(sets.hit_rate, 0, 1, where + ".hit_rate");
  const bool fit = sets.median <= sets.ninety_five && sets.ninety_five <= people &&
                   sets.mean <= static_cast<double>(people);
  if (fit) return;
  Contradiction(
      where,
      fmt::format("{} people on average, {} in half of the sets, {} in 95 %", sets.mean,
                  sets.median, sets.ninety_five),
      fmt::format("no more in half of the sets than in 95 %, nor than the {} there are", people));
}

void CheckCandidates(const std::vector<std::string>& keys, const CandidateFigures& candidates,
                     const std::string& where) {
  const auto& on = candidates.calibrated_on;
  if (on) CheckKeys(keys, {on->query_model, on->gallery_model}, where + ".calibrated_on");
  for (size_t c = 0; c < candidates.cells.size(); ++c) {
    const CandidateFigures::Cell& cell = candidates.cells[c];
    const std::string place = fmt::format("{}.cells[{}]", where, c);
    CheckKeys(keys, {cell.query_model, cell.gallery_model}, place);
    if (cell.points.size() != candidates.cells.front().points.size()) {
      Contradiction(
          place, fmt::format("{} points", cell.points.size()),
          fmt::format("{}, as in the first cell", candidates.cells.front().points.size()));
    }
    for (const CandidateFigures::Point& point : cell.points) {
      CheckCandidateSets(point.own, cell.people, place + ".own");
      if (!point.carried) continue;
      if (!on) Contradiction(place + ".carried", "no `calibrated_on`", "the cell that it is of");
      CheckCandidateSets(*point.carried, cell.people, place + ".carried");
    }
  }
}

}  // namespace

void CheckSections(const std::vector<std::string>& keys, const Sections& sections,
                   const std::string& where) {
  if (sections.pair_criterion) {
    CheckCounts(sections.pair_criterion->same, where + ": pair_criterion.same");
    CheckCounts(sections.pair_criterion->different, where + ": pair_criterion.different");
  }
  if (sections.matrix) {
    CheckKeys(keys, sections.matrix->models, where + ": matrix.models");
    CheckMatrix(*sections.matrix, where + ": matrix");
  }
  const auto check_cells = [&](const auto& section, const char* name) {
    if (!section) return;
    for (const auto& cell : section->cells) {
      CheckKeys(keys, {cell.query_model, cell.gallery_model}, where + ": " + name + ".cells");
    }
  };
  check_cells(sections.slices, "slices");
  check_cells(sections.search, "search");
  check_cells(sections.thresholds, "thresholds");
  if (sections.episodes) CheckEpisodes(keys, *sections.episodes, where + ": episodes");
  if (sections.candidates) CheckCandidates(keys, *sections.candidates, where + ": candidates");
}

}  // namespace bcr::parts
