#include "reports/fold.h"

#include <algorithm>
#include <cmath>

#include "harness/metrics/table.h"
#include "reports/group_means.h"

namespace bcr::board {
namespace {

using Records = std::vector<const StoredRecord*>;

// A cell by the parts that its models play in the upgrade.
struct Parts {
  std::string UpgradeModels::*query;
  std::string UpgradeModels::*gallery;
};
constexpr Parts kOldSelf = {&UpgradeModels::old_model, &UpgradeModels::old_model};
constexpr Parts kNewSelf = {&UpgradeModels::new_model, &UpgradeModels::new_model};
constexpr Parts kCross = {&UpgradeModels::new_model, &UpgradeModels::old_model};
constexpr Parts kReverse = {&UpgradeModels::old_model, &UpgradeModels::new_model};
constexpr Parts kParagonSelf = {&UpgradeModels::paragon, &UpgradeModels::paragon};
constexpr const char* kRank1 = "cmc1";

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

// `pick` finds the figure of one record, or null.
template <typename Pick>
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

std::optional<FoldedValue> FoldCell(const Records& records, const Parts& parts,
                                    const std::string& metric) {
  return Fold(records, [&](const RunRecord& record) {
    return MetricOf(record, record.upgrade.*parts.query, record.upgrade.*parts.gallery, metric);
  });
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

// Absent in records that were written before it was judged.
std::optional<FoldedValue> FoldParagonGain(const Records& records) {
  return Fold(records, [](const RunRecord& record) -> const MetricValue* {
    if (!record.compatibility) return nullptr;
    const auto found = record.compatibility->values.find("paragon_gain");
    return found == record.compatibility->values.end() ? nullptr : &found->second;
  });
}

// Whether what the update gain divides by lies above 0 by its interval. Without that interval the
// two cells' own ones must lie apart, which asks for more: both hold the same queries.
bool DividesByMoreThanNothing(const LeaderboardRow& row, const Records& records) {
  if (row.paragon_gain) return row.paragon_gain->low && *row.paragon_gain->low > 0;
  const auto paragon = FoldCell(records, kParagonSelf, HeadlineMetric().name);
  return paragon && paragon->low && row.old_self && row.old_self->high &&
         *paragon->low > *row.old_self->high;
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
         FoldMetric(records, cell.query_model, cell.gallery_model, kRank1)});
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
  const std::string& headline = HeadlineMetric().name;
  row.old_self = FoldCell(records, kOldSelf, headline);
  row.new_self = FoldCell(records, kNewSelf, headline);
  row.cross = FoldCell(records, kCross, headline);
  row.reverse = FoldCell(records, kReverse, headline);
  row.old_rank1 = FoldCell(records, kOldSelf, kRank1);
  row.new_rank1 = FoldCell(records, kNewSelf, kRank1);
  row.cross_rank1 = FoldCell(records, kCross, kRank1);
  row.gain = Fold(records, [](const RunRecord& r) -> const MetricValue* {
    return r.compatibility ? &r.compatibility->gain : nullptr;
  });
  row.update_gain = FoldUpdateGain(records);
  row.paragon_gain = FoldParagonGain(records);
  row.update_gain_clear = row.update_gain && DividesByMoreThanNothing(row, records);
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
