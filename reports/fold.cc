#include "reports/fold.h"

#include <algorithm>
#include <cmath>

#include "harness/metrics/table.h"
#include "reports/group_means.h"

namespace bcr::board {
namespace {

using Records = std::vector<const StoredRecord*>;
using Pick = const MetricValue* (*)(const RunRecord&);

double Mean(const std::vector<double>& values) {
  double sum = 0;
  for (double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

FoldedValue FoldNumbers(const std::vector<double>& values) {
  FoldedValue folded;
  folded.n = static_cast<int>(values.size());
  folded.mean = Mean(values);
  if (values.size() < 2) return folded;
  double squares = 0;
  for (double value : values) squares += (value - folded.mean) * (value - folded.mean);
  folded.deviation = std::sqrt(squares / static_cast<double>(values.size() - 1));
  return folded;
}

std::optional<FoldedValue> Fold(const Records& records, Pick pick) {
  std::vector<double> values, lows, highs;
  for (const StoredRecord* stored : records) {
    const MetricValue* metric = pick(stored->record);
    if (metric == nullptr) return std::nullopt;
    values.push_back(metric->value);
    if (metric->low) lows.push_back(*metric->low);
    if (metric->high) highs.push_back(*metric->high);
  }
  FoldedValue folded = FoldNumbers(values);
  if (lows.size() == values.size() && highs.size() == values.size()) {
    const double spread = folded.deviation.value_or(0);
    folded.low = std::min(Mean(lows), folded.mean - spread);
    folded.high = std::max(Mean(highs), folded.mean + spread);
  }
  return folded;
}

const MetricValue* MetricOf(const RunRecord& record, const std::string& query_model,
                            const std::string& gallery_model, const std::string& metric) {
  const CellRecord* cell = FindCell(record, query_model, gallery_model);
  if (cell == nullptr || cell->status != "ok") return nullptr;
  const auto found = cell->metrics.find(metric);
  return found == cell->metrics.end() ? nullptr : &found->second;
}

const MetricValue* HeadlineOf(const RunRecord& record, const std::string& query_model,
                              const std::string& gallery_model) {
  return MetricOf(record, query_model, gallery_model, HeadlineMetric().name);
}

std::optional<FoldedValue> FoldUpdateGain(const Records& records) {
  std::vector<double> values;
  for (const StoredRecord* stored : records) {
    const auto& compatibility = stored->record.compatibility;
    if (!compatibility || !compatibility->update_gain) return std::nullopt;
    values.push_back(*compatibility->update_gain);
  }
  return FoldNumbers(values);
}

// The figures of a chain that every record has, by the names of metrics ("matrix.am").
std::map<std::string, FoldedValue> FoldMatrix(const Records& records) {
  std::map<std::string, FoldedValue> folded;
  for (const MetricInfo* metric : MetricTable()) {
    if (!metric->matrix) continue;
    const std::string key = metric->name.substr(metric->name.find('.') + 1);
    std::vector<double> values;
    for (const StoredRecord* stored : records) {
      const auto& matrix = stored->record.sections.matrix;
      if (!matrix) continue;
      const auto found = matrix->values.find(key);
      if (found != matrix->values.end()) values.push_back(found->second.value);
    }
    if (!values.empty() && values.size() == records.size())
      folded[metric->name] = FoldNumbers(values);
  }
  return folded;
}

std::optional<FoldedValue> FoldMetric(const Records& records, const std::string& query_model,
                                      const std::string& gallery_model, const std::string& metric) {
  std::vector<double> values;
  for (const StoredRecord* stored : records) {
    const MetricValue* value = MetricOf(stored->record, query_model, gallery_model, metric);
    if (value == nullptr) return std::nullopt;
    values.push_back(value->value);
  }
  return FoldNumbers(values);
}

// Records of one row have the same setting, and so the same group.
std::vector<LeaderboardRow::GroupFigure> FoldGroup(const Records& records) {
  std::vector<LeaderboardRow::GroupFigure> folded;
  for (const GroupCell& cell : GroupCellsOf(records.front()->record)) {
    folded.push_back(
        {cell.name,
         FoldMetric(records, cell.query_model, cell.gallery_model, HeadlineMetric().name),
         FoldMetric(records, cell.query_model, cell.gallery_model, "cmc1")});
  }
  return folded;
}

std::string FoldVerdict(const Records& records, const std::optional<FoldedValue>& gain) {
  if (!gain) return "";
  const std::string first = records.front()->record.compatibility->verdict;
  for (const StoredRecord* stored : records) {
    if (stored->record.compatibility->verdict != first) return "undecided";
  }
  if (first == "yes" && gain->low && *gain->low <= 0) return "undecided";
  if (first == "no" && gain->high && *gain->high > 0) return "undecided";
  return first;
}

bool Overlap(const FoldedValue& a, const FoldedValue& b) {
  if (!a.low || !b.low) return true;  // without an interval nothing tells them apart
  return *a.low <= *b.high && *b.low <= *a.high;
}

}  // namespace

LeaderboardRow FoldRow(const Records& records) {
  LeaderboardRow row;
  row.method = records.front()->record.method.name;
  row.method_revision = records.front()->record.method.revision;
  for (const StoredRecord* stored : records) {
    row.seeds.push_back(stored->record.seed);
    row.files.push_back(stored->file);
  }
  row.old_self = Fold(records, [](const RunRecord& r) {
    return HeadlineOf(r, r.upgrade.old_model, r.upgrade.old_model);
  });
  row.new_self = Fold(records, [](const RunRecord& r) {
    return HeadlineOf(r, r.upgrade.new_model, r.upgrade.new_model);
  });
  row.cross = Fold(records, [](const RunRecord& r) {
    return HeadlineOf(r, r.upgrade.new_model, r.upgrade.old_model);
  });
  row.reverse = Fold(records, [](const RunRecord& r) {
    return HeadlineOf(r, r.upgrade.old_model, r.upgrade.new_model);
  });
  row.gain = Fold(records, [](const RunRecord& r) -> const MetricValue* {
    return r.compatibility ? &r.compatibility->gain : nullptr;
  });
  row.update_gain = FoldUpdateGain(records);
  row.matrix = FoldMatrix(records);
  row.group = FoldGroup(records);
  row.verdict = FoldVerdict(records, row.gain);
  return row;
}

void RankRows(std::vector<LeaderboardRow>& rows) {
  std::sort(rows.begin(), rows.end(), [](const LeaderboardRow& a, const LeaderboardRow& b) {
    return a.cross->mean != b.cross->mean ? a.cross->mean > b.cross->mean : a.method < b.method;
  });
  int ties = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool same = i > 0 && rows[i].cross->mean == rows[i - 1].cross->mean;
    rows[i].rank = same ? rows[i - 1].rank : static_cast<int>(i) + 1;
    rows[i].tied_with_leader = i > 0 && Overlap(*rows.front().cross, *rows[i].cross);
    ties += rows[i].tied_with_leader ? 1 : 0;
  }
  if (ties > 0) rows.front().tied_with_leader = true;
}

}  // namespace bcr::board
