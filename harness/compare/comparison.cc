#include "harness/compare/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "harness/compare/columns.h"
#include "harness/core/error.h"
#include "harness/metrics/table.h"

namespace bcr {
namespace {

std::string CellName(const CellRecord& cell) { return cell.query_model + "/" + cell.gallery_model; }

// The names under which a result lists its sets and models, each a prefix of many facts.
std::set<std::string> ItemsOf(const Result& result) {
  std::set<std::string> items;
  for (const Fact& fact : result.facts) {
    for (const auto& [list, key] : {std::pair<std::string, std::string>{"sets.", ".index_hash"},
                                    {"models.", ".weights_hash"}}) {
      if (fact.name.starts_with(list) && fact.name.ends_with(key)) {
        items.insert(fact.name.substr(0, fact.name.size() - key.size()));
      }
    }
  }
  return items;
}

class Comparer {
 public:
  Comparer(const Result& a, const Result& b, const CompareOptions& options)
      : a_(a), b_(b), statistics_{.seed = options.seed, .resamples = options.resamples} {}

  Comparison Run() {
    out_.a = a_.path;
    out_.b = b_.path;
    out_.obstacles = ObstaclesBetween(a_, b_);
    CompareFacts();
    for (const CellRecord& cell : a_.cells) CompareCell(cell);
    for (const CellRecord& cell : b_.cells) {
      if (FindCell(a_, cell.query_model, cell.gallery_model) == nullptr)
        out_.notes.push_back(fmt::format("cell {} is in the second only", CellName(cell)));
    }
    RequireCommonCell();
    for (const auto& [path, names] : without_rows_) {
      out_.notes.push_back(
          fmt::format("no intervals for {}: {} came without these per-query files (`queries/` "
                      "beside it)",
                      fmt::join(names, ", "), path));
    }
    for (const MetricInfo* metric : MetricTable()) {
      if (metric->change) CompareUpgrade(*metric);
    }
    for (const auto& [name, value] : a_.figures) CompareFigure(name, value);
    return std::move(out_);
  }

 private:
  void CompareFacts() {
    // Results of two kinds share the names of how they were scored, and little else.
    const bool mixed = a_.kind != b_.kind;
    if (mixed) out_.facts.push_back({"kind", a_.kind, b_.kind});
    std::map<std::string, std::pair<std::string, std::string>> all;
    for (const Fact& fact : a_.facts) all[fact.name].first = fact.value;
    for (const Fact& fact : b_.facts) all[fact.name].second = fact.value;
    const std::set<std::string> items_a = ItemsOf(a_), items_b = ItemsOf(b_);
    std::set<std::string> single;  // sets and models that one of them lacks
    std::set_symmetric_difference(items_a.begin(), items_a.end(), items_b.begin(), items_b.end(),
                                  std::inserter(single, single.end()));
    if (!mixed) {
      for (const std::string& item : single) {
        const bool in_a = items_a.count(item) > 0;
        out_.facts.push_back({item, in_a ? "present" : "", in_a ? "" : "present"});
      }
    }
    for (const auto& [name, values] : all) {
      if (mixed && !name.starts_with("scoring.")) continue;
      const bool folded = std::any_of(single.begin(), single.end(), [&](const std::string& item) {
        return name.starts_with(item + ".");
      });
      if (folded || values.first == values.second) continue;
      out_.facts.push_back({name, values.first, values.second});
    }
  }

  void RequireCommonCell() const {
    if (!out_.figures.empty()) return;
    const auto cells = [](const Result& result) {
      std::string names;
      for (const CellRecord& cell : result.cells) {
        names += (names.empty() ? "" : ", ") + CellName(cell);
        if (cell.status != "ok") names += " (failed)";
      }
      return names.empty() ? std::string("none") : names;
    };
    throw Error(
        ErrorCode::kData,
        {fmt::format("{} and {}", a_.path, b_.path),
         fmt::format("no cell in common: {} in the first, {} in the second", cells(a_), cells(b_)),
         "at least one (query model / gallery model) pair scored in both",
         "Score both with the same flags; --model names must be the same too."});
  }

  void CompareCell(const CellRecord& cell) {
    const CellRecord* other = FindCell(b_, cell.query_model, cell.gallery_model);
    const std::string name = CellName(cell);
    if (other == nullptr || cell.status != "ok" || other->status != "ok") {
      out_.notes.push_back(other == nullptr ? fmt::format("cell {} is in the first only", name)
                                            : fmt::format("cell {} failed in one of them", name));
      return;
    }
    if (cell.gallery_size != other->gallery_size) {
      out_.notes.push_back(fmt::format("cell {}: galleries of {} and {} images", name,
                                       cell.gallery_size, other->gallery_size));
    }
    auto rows_a = ReadQueries(a_, cell);
    auto rows_b = ReadQueries(b_, *other);
    if (rows_a && rows_b) {
      Rows joined = Joined(*rows_a, std::move(*rows_b),
                           fmt::format("{} and {}: cell {}", a_.path, b_.path, name));
      rows_.cells[name] = {std::move(*rows_a), std::move(joined)};
      RequireCommonQueries(name);
    } else {
      without_rows_[rows_a ? b_.path : a_.path].push_back(name);
    }
    for (const MetricInfo* metric : QueryMetrics()) CompareMetric(*metric, name, cell, *other);
  }

  void CompareMetric(const MetricInfo& metric, const std::string& name, const CellRecord& cell,
                     const CellRecord& other) {
    const auto in_a = cell.metrics.find(metric.name), in_b = other.metrics.find(metric.name);
    if (in_a == cell.metrics.end() || in_b == other.metrics.end()) return;
    FigureDifference figure{name, metric.name, in_a->second.value, in_b->second.value, {}, ""};
    if (const auto* rows = rows_.Find(name)) {
      const auto a = ColumnOf(rows->first, metric), b = ColumnOf(rows->second, metric);
      if (a && b) {
        Test(*a, *b, rows->first, alike_.contains(name), figure);
        // The headline comes first: where its AP is the same for every query, it is one ranking.
        if (&metric == QueryMetrics().front() && figure.verdict == "same") alike_.insert(name);
      } else {
        out_.notes.push_back(
            fmt::format("no interval for {} of cell {}: the per-query file of {} has no column of "
                        "it",
                        metric.Label(), name, a ? b_.path : a_.path));
      }
    }
    out_.figures.push_back(figure);
  }

  void RequireCommonQueries(const std::string& name) {
    const auto& [a, b] = *rows_.Find(name);
    size_t both = 0, one = 0;
    for (size_t i = 0; i < a.size(); ++i) {
      both += a[i].valid && b[i].valid ? 1 : 0;
      one += a[i].valid != b[i].valid ? 1 : 0;
    }
    if (one > 0) {
      out_.notes.push_back(
          fmt::format("cell {}: {} queries have a match in one of them only; the "
                      "difference is over the {} others",
                      name, one, both));
    }
    if (both > 0) return;
    throw Error(ErrorCode::kData, {fmt::format("{} and {}: cell {}", a_.path, b_.path, name),
                                   "no query with a match in both", "at least one", ""});
  }

  void CompareUpgrade(const MetricInfo& metric) {
    const UpgradeModels& names = a_.upgrade;
    const std::string self_name = names.old_model + "/" + names.old_model;
    const std::string cross_name = names.new_model + "/" + names.old_model;
    const auto* old_self = rows_.Find(self_name);
    const auto* cross = rows_.Find(cross_name);
    if (old_self == nullptr || cross == nullptr) return;
    const bool probable = std::any_of(old_self->first.begin(), old_self->first.end(),
                                      [](const PerQueryRow& row) { return row.hits.has_value(); });
    const QueryPart& of = *FindMetric(metric.change->of)->query;
    // Where hits are probabilities, a query is neither right nor wrong.
    if (probable && of.value == QueryValue::kHitWithin) return;
    const auto column = [&](const Rows& self_rows, Rows cross_rows) {
      return ChangeColumn(self_rows,
                          Joined(self_rows, std::move(cross_rows), self_name + ", " + cross_name),
                          metric);
    };
    const auto a = column(old_self->first, cross->first);
    const auto b = column(old_self->second, cross->second);
    if (!a || !b) return;
    const auto recorded = [&](const Result& result, const ValueColumn& values) {
      const auto found = result.figures.find(metric.name);
      return found == result.figures.end() ? MeanOfColumn(values) : found->second.value;
    };
    FigureDifference difference{"", metric.name, recorded(a_, *a), recorded(b_, *b), {}, ""};
    Test(*a, *b, old_self->first, alike_.contains(self_name) && alike_.contains(cross_name),
         difference);
    out_.figures.push_back(difference);
  }

  void CompareFigure(const std::string& name, const MetricValue& value) {
    const auto other = b_.figures.find(name);
    const bool done =
        std::any_of(out_.figures.begin(), out_.figures.end(),
                    [&](const FigureDifference& f) { return f.cell.empty() && f.figure == name; });
    if (done || other == b_.figures.end()) return;
    FigureDifference figure{"", name, value.value, other->second.value, {}, ""};
    if (a_.models == b_.models) {
      const auto columns = MatrixColumns(rows_, a_.models, name);
      if (columns) {
        Test(columns->a, columns->b, *columns->queries, alike_.size() == rows_.cells.size(),
             figure);
      }
    }
    out_.figures.push_back(figure);
  }

  // `alike`: of cells that rank alike, whose rates are then the same as well.
  void Test(const ValueColumn& a, const ValueColumn& b, const Rows& rows, bool alike,
            FigureDifference& figure) const {
    std::vector<std::string> identities;
    for (const PerQueryRow& row : rows) identities.push_back(row.identity);
    figure.test = ComparePaired(a, b, identities, statistics_);
    if (alike) SetSame(*figure.test);
    figure.verdict = PairedWordName(WordOf(*figure.test, InfoOf(figure.figure).higher_is_better));
  }

  const Result& a_;
  const Result& b_;
  const EstimateOptions statistics_;
  PairedRows rows_;
  std::set<std::string> alike_;                                   // cells of one ranking in both
  std::map<std::string, std::vector<std::string>> without_rows_;  // cells by the lacking result
  Comparison out_;
};

}  // namespace

std::vector<std::string> ObstaclesBetween(const Result& a, const Result& b) {
  std::vector<std::string> obstacles;
  const auto differ = [&](const std::string& name, const std::string& what) {
    const std::string in_a = FactOf(a, name), in_b = FactOf(b, name);
    if (in_a.empty() || in_b.empty() || in_a == in_b) return;
    obstacles.push_back(fmt::format("{} differs: {} and {}", what, in_a, in_b));
  };
  differ("scoring.policy", "the policy");
  differ("scoring.distance", "the distance");
  differ("scoring.normalised", "normalisation");
  differ("scoring.ties", "the rule for ties");
  differ("scoring.revision", "the revision of the metrics");
  if (a.scoring.rerank != b.scoring.rerank)
    obstacles.push_back("one is re-ranked otherwise or not");
  if (a.scoring.labels != b.scoring.labels)
    obstacles.push_back("labels that look like numbers are read otherwise");
  differ("data.target.hash", "the test data (hash)");
  for (const std::string& model : a.models) {
    for (const char* side : {"query", "gallery"}) {
      differ(fmt::format("sets.{}.{}.index_hash", model, side),
             fmt::format("the {} images of model `{}` (hash)", side, model));
    }
  }
  return obstacles;
}

Comparison Compare(const Result& a, const Result& b, const CompareOptions& options) {
  return Comparer(a, b, options).Run();
}

}  // namespace bcr
