#include "reports/verdict_text.h"

#include <fmt/format.h>

#include <vector>

#include "harness/metrics/table.h"
#include "reports/number_text.h"
#include "reports/text_table.h"
#include "reports/threshold_text.h"

namespace bcr {
namespace {

constexpr size_t kColumns = 96;

using Rows = std::vector<std::vector<std::string>>;

std::string AnswerText(const std::string& verdict) {
  if (verdict == "yes") {
    return "Compatible: YES. The new model's queries find more on the old gallery than the old "
           "model's do: the gallery can stay as it is.";
  }
  if (verdict == "no") {
    return "Compatible: NO. The new model's queries find no more on the old gallery than the old "
           "model's do: extract the gallery again, or keep the old model.";
  }
  return "Compatible: UNDECIDED. Whether the new model's queries find more on the old gallery than "
         "the old model's do depends on the people in the test set: test more of them.";
}

const MetricValue* FigureOf(const ScoreReport& report, const char* query, const char* gallery,
                            const std::string& metric) {
  for (const CellRecord& cell : report.cells) {
    if (cell.query_model != query || cell.gallery_model != gallery) continue;
    const auto found = cell.metrics.find(metric);
    return found == cell.metrics.end() ? nullptr : &found->second;
  }
  return nullptr;
}

// "mAP  18.7 -> 34.9  +16.3 points [+11.1, +21.5]": old/old, new/old, and the paired change.
void AddChange(const ScoreReport& report, const MetricInfo& metric, const MetricValue& gain,
               Rows& rows) {
  const MetricValue* before = FigureOf(report, "old", "old", metric.name);
  const MetricValue* now = FigureOf(report, "new", "old", metric.name);
  if (before == nullptr || now == nullptr) return;
  const std::string interval =
      gain.low ? SignedInterval(*gain.low, *gain.high, gain.few, 1, "95 %: ") : "";
  rows.push_back({metric.Label(),
                  fmt::format("{} -> {}", Percent(before->value), Percent(now->value)),
                  SignedPoints(gain.value) + " points", interval});
}

std::string SearchText(const ScoreReport& report) {
  const CompatibilityRecord& record = *report.compatibility;
  Rows rows = {{"search on the old gallery", "old -> new queries", "change", ""}};
  AddChange(report, HeadlineMetric(), record.gain, rows);
  const auto rank1 = record.values.find("cmc1.gain");
  if (rank1 != record.values.end()) AddChange(report, *FindMetric("cmc1"), rank1->second, rows);
  return AlignedTable(rows, {0, 1, 3});
}

// One line a figure that is there: name, value, what it means.
std::string FiguresText(const CompatibilityRecord& record) {
  Rows rows;
  for (const MetricInfo* metric : MetricTable()) {
    const auto found = record.values.find(metric->name);
    if (metric->print.line.empty() || found == record.values.end()) continue;
    const MetricValue& value = found->second;
    rows.push_back({metric->print.line, Percent(value.value) + " %",
                    value.low ? PercentInterval(*value.low, *value.high, value.few) : "",
                    metric->print.line_about});
  }
  return rows.empty() ? "" : AlignedTable(rows, {0, 3});
}

}  // namespace

std::string VerdictText(const ScoreReport& report) {
  std::string text = Wrapped(AnswerText(report.compatibility->verdict), kColumns) +
                     SearchText(report) + FiguresText(*report.compatibility);
  if (report.sections.thresholds) {
    text += ThresholdSentence(*report.sections.thresholds, report.scoring.distance);
  }
  return text + Wrapped(
                    "This is about these two trained models: trained again with other seeds "
                    "they would differ, and by how much only several trainings tell.",
                    kColumns);
}

}  // namespace bcr
