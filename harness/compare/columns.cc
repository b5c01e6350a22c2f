#include "harness/compare/columns.h"

#include <fmt/format.h>

#include <set>
#include <unordered_map>

#include "harness/core/error.h"
#include "harness/metrics/matrix/matrix_terms.h"
#include "harness/metrics/table.h"

namespace bcr {
namespace {

// Leaves a query out that is not valid in every cell the figure needs; adds weight x AP otherwise.
void AddTerm(const Rows& rows, double weight, ValueColumn& column) {
  for (size_t i = 0; i < rows.size(); ++i) {
    column.valid[i] = column.valid[i] && rows[i].valid;
    column.values[i] = column.valid[i] ? column.values[i] + weight * rows[i].ap_hits : 0.0;
  }
}

}  // namespace

Rows Joined(const Rows& a, Rows b, const std::string& where) {
  std::unordered_map<std::string, size_t> place;
  for (size_t i = 0; i < b.size(); ++i) place[b[i].image] = i;
  const auto refuse = [&](const std::string& found) {
    throw Error(
        ErrorCode::kData,
        {where, fmt::format("other queries: {} ({} and {} queries)", found, a.size(), b.size()),
         "the same query images with the same identities and cameras in both",
         "A comparison query by query needs one test set: score both on it."});
  };
  Rows joined;
  for (const PerQueryRow& row : a) {
    const auto found = place.find(row.image);
    if (found == place.end()) refuse(fmt::format("`{}` is in the first only", row.image));
    const PerQueryRow& other = b[found->second];
    if (other.identity != row.identity || other.camera != row.camera) {
      refuse(fmt::format("`{}` shows identity {} on camera {}, and identity {} on camera {}",
                         row.image, row.identity, row.camera, other.identity, other.camera));
    }
    joined.push_back(other);
  }
  if (b.size() > a.size()) {
    std::set<std::string> known;
    for (const PerQueryRow& row : a) known.insert(row.image);
    for (const PerQueryRow& row : b) {
      if (known.count(row.image) == 0) refuse(fmt::format("`{}` is in the second only", row.image));
    }
  }
  return joined;
}

std::optional<ValueColumn> ColumnOf(const Rows& rows, const MetricInfo& metric) {
  ValueColumn column;
  for (const PerQueryRow& row : rows) {
    const std::optional<double> value = ValueOf(row, metric);
    if (row.valid && !value) return std::nullopt;
    column.valid.push_back(row.valid);
    column.values.push_back(value.value_or(0));
  }
  return column;
}

std::optional<ValueColumn> ChangeColumn(const Rows& old_self, const Rows& cross,
                                        const MetricInfo& metric) {
  const MetricInfo* of = FindMetric(metric.change->of);
  BCR_CHECK(of != nullptr && of->query, "a change of what is no metric of queries");
  const auto before = ColumnOf(old_self, *of), now = ColumnOf(cross, *of);
  if (!before || !now) return std::nullopt;
  ValueColumn column;
  for (size_t i = 0; i < old_self.size(); ++i) {
    const bool valid = before->valid[i] && now->valid[i];
    column.valid.push_back(valid);
    column.values.push_back(valid ? metric.change->change(before->values[i], now->values[i]) : 0.0);
  }
  return column;
}

double MeanOfColumn(const ValueColumn& column) {
  double sum = 0, count = 0;
  for (size_t i = 0; i < column.values.size(); ++i) {
    if (!column.valid[i]) continue;
    sum += column.values[i];
    count += 1;
  }
  return count > 0 ? sum / count : 0;
}

std::optional<ColumnPair> MatrixColumns(const PairedRows& rows,
                                        const std::vector<std::string>& models,
                                        const std::string& figure) {
  const MetricInfo* metric = FindMetric(figure);
  if (metric == nullptr || !metric->matrix || metric->matrix->terms == nullptr) return std::nullopt;
  const std::vector<MatrixTerm> terms = metric->matrix->terms(models.size());
  if (terms.empty()) return std::nullopt;
  // A matrix is of the queries valid in all of its cells, also those a figure gives no weight.
  ColumnPair pair;
  for (size_t t = 0; t < models.size(); ++t) {
    for (size_t k = 0; k <= t; ++k) {
      const auto* cell = rows.Find(models[t] + "/" + models[k]);
      if (cell == nullptr) return std::nullopt;
      double weight = 0;
      for (const MatrixTerm& term : terms) weight += term.t == t && term.k == k ? term.weight : 0;
      if (pair.queries == nullptr) {
        pair.queries = &cell->first;
        pair.a = pair.b = {std::vector<double>(cell->first.size(), 0.0),
                           std::vector<bool>(cell->first.size(), true)};
      }
      AddTerm(Joined(*pair.queries, cell->first, figure), weight, pair.a);
      AddTerm(Joined(*pair.queries, cell->second, figure), weight, pair.b);
    }
  }
  return pair;
}

}  // namespace bcr
