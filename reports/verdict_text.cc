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

using Rows = VerdictParts::Rows;

std::string AnswerText(const std::string& verdict) {
  if (verdict == "yes") {
    return "Compatible: YES (1 seed). The new model's queries find more on the old gallery than "
           "the old model's do: the gallery can stay as it is, at the costs named below.";
  }
  if (verdict == "no") {
    return "Compatible: NO (1 seed). The new model's queries find no more on the old gallery than "
           "the old model's do: extract the gallery again, or keep the old model.";
  }
  return "Compatible: UNDECIDED. Whether the new model's queries find more on the old gallery than "
         "the old model's do depends on the people in the test set: test more of them.";
}

const MetricValue* FigureOf(const CellRecord* cell, const std::string& metric) {
  if (cell == nullptr) return nullptr;
  const auto found = cell->metrics.find(metric);
  return found == cell->metrics.end() ? nullptr : &found->second;
}

// "mAP  18.7 -> 34.9  +16.3 points [+11.1, +21.5]": old/old, new/old, and the paired change.
void AddChange(const UpgradeView& view, const MetricInfo& metric, const MetricValue& gain,
               Rows& rows) {
  const MetricValue* before = FigureOf(view.OldSelf(), metric.name);
  const MetricValue* now = FigureOf(view.Cross(), metric.name);
  if (before == nullptr || now == nullptr) return;
  const std::string interval =
      gain.low ? SignedInterval(*gain.low, *gain.high, gain.few, 1, "95 %: ") : "";
  rows.push_back({metric.Label(),
                  fmt::format("{} -> {}", Percent(before->value), Percent(now->value)),
                  SignedPoints(gain.value) + " points", interval});
}

Rows ChangesOf(const UpgradeView& view) {
  const CompatibilityRecord& record = *view.compatibility;
  Rows rows = {{"search on the old gallery", "old -> new queries", "change", ""}};
  AddChange(view, HeadlineMetric(), record.gain, rows);
  const auto rank1 = record.values.find("cmc1.gain");
  if (rank1 != record.values.end()) AddChange(view, *FindMetric("cmc1"), rank1->second, rows);
  return rows;
}

// One line a figure that is there: name, value, what it means.
Rows FiguresOf(const CompatibilityRecord& record) {
  Rows rows;
  for (const MetricInfo* metric : MetricTable()) {
    const auto found = record.values.find(metric->name);
    if (metric->print.line.empty() || found == record.values.end()) continue;
    const MetricValue& value = found->second;
    rows.push_back({metric->print.line, Percent(value.value) + " %",
                    value.low ? PercentInterval(*value.low, *value.high, value.few) : "",
                    metric->print.line_about});
  }
  return rows;
}

}  // namespace

VerdictParts VerdictOf(const UpgradeView& view) {
  VerdictParts parts;
  parts.answer = AnswerText(view.compatibility->verdict);
  parts.changes = ChangesOf(view);
  parts.figures = FiguresOf(*view.compatibility);
  if (view.sections->thresholds)
    parts.threshold = ThresholdSentence(*view.sections->thresholds, view.distance);
  parts.caveat =
      "This is about these two trained models: trained again with other seeds they would differ, "
      "and by how much only several trainings tell.";
  return parts;
}

std::string VerdictText(const UpgradeView& view) {
  const VerdictParts parts = VerdictOf(view);
  std::string text = Wrapped(parts.answer, kColumns) + AlignedTable(parts.changes, {0, 1, 3});
  if (!parts.figures.empty()) text += AlignedTable(parts.figures, {0, 3});
  if (!parts.threshold.empty()) text += Wrapped(parts.threshold, kColumns);
  return text + Wrapped(parts.caveat, kColumns);
}

}  // namespace bcr
