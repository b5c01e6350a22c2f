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
}

}  // namespace bcr::parts
