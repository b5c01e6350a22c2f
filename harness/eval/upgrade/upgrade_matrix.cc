#include "harness/eval/upgrade/upgrade_matrix.h"

#include <fmt/core.h>

#include <cmath>

#include "harness/core/error.h"
#include "harness/eval/scorer.h"
#include "harness/metrics/matrix/matrix_terms.h"

namespace bcr {
namespace {

[[noreturn]] void Refuse(std::string found, std::string expected) {
  throw Error(
      ErrorCode::kData,
      {.where = "upgrade matrix", .found = std::move(found), .expected = std::move(expected)});
}

template <typename Row>
void CheckTriangle(const std::vector<Row>& rows) {
  if (rows.empty()) Refuse("no rows", "at least one model");
  for (size_t t = 0; t < rows.size(); ++t) {
    if (rows[t].size() == t + 1) continue;
    Refuse(fmt::format("{} cells in row {}", rows[t].size(), t + 1),
           fmt::format("{}: gallery models up to the query's own", t + 1));
  }
}

std::string Unmeasured(size_t t, size_t k) {
  return fmt::format("query model {} on the gallery of model {} was not measured", t + 1, k + 1);
}

// `value_of(t, k)` is absent where the cell was not measured.
template <typename ValueOf>
Estimate Sum(const std::vector<MatrixTerm>& terms, const ValueOf& value_of) {
  Estimate estimate;
  double sum = 0;
  for (const MatrixTerm& term : terms) {
    const std::optional<double> value = value_of(term.t, term.k);
    if (!value) {
      estimate.reason = Unmeasured(term.t, term.k);
      return estimate;
    }
    sum += term.weight * *value;
  }
  estimate.value = sum;
  return estimate;
}

// Share of pairs k < t that pass; passes(t, k) is asked where both cells were measured.
template <typename Measured, typename Passes>
Estimate ShareOfPairs(size_t models, const Measured& measured, const Passes& passes) {
  Estimate estimate;
  size_t pairs = 0, passed = 0;
  for (size_t t = 1; t < models; ++t) {
    for (size_t k = 0; k < t; ++k) {
      for (const size_t query_model : {t, k}) {
        if (measured(query_model, k)) continue;
        estimate.reason = Unmeasured(query_model, k);
        return estimate;
      }
      ++pairs;
      passed += passes(t, k) ? 1 : 0;
    }
  }
  estimate.value = static_cast<double>(passed) / static_cast<double>(pairs);
  return estimate;
}

void LeaveOutPairs(MatrixScores& scores) {
  for (Estimate* estimate : {&scores.ac, &scores.ac_decided, &scores.bc, &scores.fc}) {
    *estimate = {};
    estimate->reason = "one model: no pair of models";
  }
}

// Cells as columns of per-query AP over the queries valid in all of them.
class CellColumns {
 public:
  CellColumns(const std::vector<std::vector<const CellScores*>>& cells, size_t queries) {
    std::vector<bool> valid(queries, true);
    for (size_t t = 0; t < cells.size(); ++t) {
      for (const CellScores* cell : cells[t]) {
        if (cell == nullptr) continue;
        if (cell->queries.size() != queries) {
          Refuse(
              fmt::format("a cell of {} queries for {} identities", cell->queries.size(), queries),
              "the same queries in every cell");
        }
        for (size_t i = 0; i < queries; ++i) {
          if (!cell->queries[i].valid) valid[i] = false;
        }
      }
    }
    for (const auto& row : cells) {
      places_.emplace_back();
      for (const CellScores* cell : row) {
        places_.back().push_back(columns_.size());
        if (cell == nullptr) continue;
        ValueColumn column{std::vector<double>(queries), valid};
        for (size_t i = 0; i < queries; ++i) column.values[i] = cell->queries[i].ap_hits;
        columns_.push_back(std::move(column));
      }
    }
  }

  // A column of each query's weighted sum over the cells; its place.
  size_t AddSum(const std::vector<MatrixTerm>& terms) {
    ValueColumn sum{std::vector<double>(columns_.front().values.size()), columns_.front().valid};
    for (const MatrixTerm& term : terms) {
      const ValueColumn& cell = columns_[Place(term.t, term.k)];
      for (size_t i = 0; i < sum.values.size(); ++i) sum.values[i] += term.weight * cell.values[i];
    }
    columns_.push_back(std::move(sum));
    return columns_.size() - 1;
  }

  const std::vector<ValueColumn>& columns() const { return columns_; }
  size_t Place(size_t t, size_t k) const { return places_[t][k]; }

 private:
  std::vector<ValueColumn> columns_;
  std::vector<std::vector<size_t>> places_;
};

}  // namespace

MatrixScores ScoreMatrix(const std::vector<std::vector<std::optional<double>>>& matrix) {
  CheckTriangle(matrix);
  for (const auto& row : matrix) {
    for (const std::optional<double>& value : row) {
      if (value && !std::isfinite(*value)) Refuse(fmt::format("{}", *value), "finite values");
    }
  }
  const auto value_of = [&](size_t t, size_t k) { return matrix[t][k]; };
  MatrixScores scores;
  scores.am = Sum(AmTerms(matrix.size()), value_of);
  if (matrix.size() == 1) {
    LeaveOutPairs(scores);
    return scores;
  }
  scores.ac = ShareOfPairs(
      matrix.size(), [&](size_t t, size_t k) { return matrix[t][k].has_value(); },
      [&](size_t t, size_t k) { return *matrix[t][k] > *matrix[k][k]; });
  scores.ac_decided.reason = "values without queries have no interval";
  scores.bc = Sum(BcTerms(matrix.size()), value_of);
  scores.fc = Sum(FcTerms(matrix.size()), value_of);
  return scores;
}

MatrixScores ScoreMatrix(const std::vector<std::vector<const CellScores*>>& cells,
                         const std::vector<std::string>& identities,
                         const EstimateOptions& options) {
  CheckTriangle(cells);
  const size_t models = cells.size();
  CellColumns columns(cells, identities.size());
  const auto measured = [&](size_t t, size_t k) { return cells[t][k] != nullptr; };

  // The plain values say what is defined; intervals are then added.
  std::vector<std::vector<std::optional<double>>> values(models);
  std::vector<Statistic> statistics;
  std::vector<std::pair<size_t, size_t>> pairs;
  for (size_t t = 0; t < models; ++t) {
    for (size_t k = 0; k <= t; ++k) {
      values[t].push_back(measured(t, k) ? std::optional(0.0) : std::nullopt);
      if (k == t || !measured(t, k) || !measured(k, k)) continue;
      pairs.emplace_back(t, k);
      statistics.push_back(DifferenceOf(columns.Place(t, k), columns.Place(k, k)));
    }
  }
  MatrixScores scores = ScoreMatrix(values);
  std::vector<Estimate*> targets;
  const auto want = [&](const std::vector<MatrixTerm>& terms, Estimate& into) {
    if (!into.value) return;
    statistics.push_back({[&columns, terms](std::span<const double> means) {
                            double sum = 0;
                            for (const MatrixTerm& term : terms) {
                              sum += term.weight * means[columns.Place(term.t, term.k)];
                            }
                            return std::optional(sum);
                          },
                          "no valid query",
                          {},
                          {},
                          {}});
    targets.push_back(&into);
  };
  want(AmTerms(models), scores.am);
  if (scores.am.value) {  // a mean over queries of means of APs
    statistics.back().level = Statistic::Level{columns.AddSum(AmTerms(models)), 0, 1};
  }
  if (models > 1) {
    want(BcTerms(models), scores.bc);
    want(FcTerms(models), scores.fc);
  }
  if (statistics.empty()) return scores;

  const std::vector<Estimate> estimates =
      EstimateAll(columns.columns(), identities, statistics, options);
  for (size_t s = 0; s < targets.size(); ++s) *targets[s] = estimates[pairs.size() + s];
  if (models == 1) return scores;
  const auto gain_of = [&](size_t t, size_t k) -> const Estimate& {
    for (size_t p = 0; p < pairs.size(); ++p) {
      if (pairs[p] == std::pair(t, k)) return estimates[p];
    }
    BCR_CHECK(false, "a measured pair without a gain");
    return estimates.front();
  };
  scores.ac =
      ShareOfPairs(models, measured, [&](size_t t, size_t k) { return *gain_of(t, k).value > 0; });
  scores.ac_decided = ShareOfPairs(models, measured, [&](size_t t, size_t k) {
    const Estimate& gain = gain_of(t, k);
    return gain.low && *gain.low > 0;
  });
  return scores;
}

}  // namespace bcr
