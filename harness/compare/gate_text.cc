#include <fmt/format.h>

#include <algorithm>

#include "harness/compare/change_forms.h"
#include "harness/compare/gate_reports.h"
#include "harness/metrics/table.h"
#include "reports/number_text.h"
#include "reports/text_table.h"

namespace bcr {
namespace {

constexpr size_t kColumns = 96;

std::string ChangeIn(const GateLine& line) {
  return ChangeText(line.run - line.baseline, line.difference ? &*line.difference : nullptr, 2);
}

// The line that people ask about first: the new model's queries on the old gallery, by mAP.
const GateLine* HeadlineOf(const GateReport& report) {
  const GateLine* first = nullptr;
  for (const GateLine& line : report.judged) {
    if (!line.shown_from) continue;
    if (line.cell == report.cross && line.figure == HeadlineMetric().name) return &line;
    if (first == nullptr) first = &line;
  }
  return first;
}

}  // namespace

std::string PlaceOf(const GateLine& line) { return line.cell.empty() ? "upgrade" : line.cell; }

std::vector<std::string> CellsOf(const GateLine& line) {
  const bool judged = !line.verdict.empty();
  return {judged ? line.verdict : "-",
          PlaceOf(line),
          InfoOf(line.figure).label,
          Percent(line.baseline, 2),
          Percent(line.run, 2),
          ChangeIn(line),
          PText(line.p_value),
          judged ? Percent(line.tolerance, 2) : "-",
          line.shown_from ? Percent(*line.shown_from, 2) : "-"};
}

std::string CheckText(const GateCheck& check) {
  return fmt::format("{}  {}\n", check.passed ? "ok   " : "WORSE", check.says);
}

std::string NameOf(const GateLine& line) {
  const std::string label = InfoOf(line.figure).label;
  return line.cell.empty() ? label : line.cell + " " + label;
}

std::string ChangeOf(const GateLine& line) {
  const char* word = line.run > line.baseline   ? "rose"
                     : line.run < line.baseline ? "fell"
                                                : "stayed";
  std::string text = fmt::format("{} from {} to {} ({}", word, Percent(line.baseline, 2),
                                 Percent(line.run, 2), ChangeIn(line));
  text += line.p_value ? ", p " + PText(line.p_value) : ", judged by its value";
  return text + fmt::format(", tolerance {})", Percent(line.tolerance, 2));
}

std::string OutcomeOf(const GateReport& report) {
  if (report.Passed()) return "gate: passed";
  const size_t worse = report.Worse();
  if (worse == 0) return "gate: FAILED";
  return fmt::format("gate: FAILED: {} of {} figures got worse", worse, report.judged.size());
}

std::string SensitivityOf(const GateReport& report) {
  if (report.judged.empty() || report.options.by_value) return "";
  if (const GateLine* line = HeadlineOf(report)) {
    const bool higher = InfoOf(line->figure).higher_is_better;
    return fmt::format(
        "A true {} of {} by {} points or more shows on this test set four times in five; a smaller "
        "one may pass unseen.",
        higher ? "fall" : "rise", NameOf(*line), Percent(*line->shown_from, 2));
  }
  const bool any = std::any_of(report.judged.begin(), report.judged.end(),
                               [](const GateLine& line) { return line.run != line.baseline; });
  return any ? "Too few people differ between the two results: no fall, however great, could have "
               "been told from chance."
             : "No judged figure differs: the two results say nothing of how small a fall would "
               "show.";
}

std::string GateText(const GateReport& report) {
  std::string text;
  if (!report.judged.empty()) {
    std::vector<std::vector<std::string>> rows = {{"verdict", "cell", "figure", "baseline", "run",
                                                   "change [95 % interval]", "p", "tolerance",
                                                   "shown from"}};
    for (const GateLine& line : report.judged) rows.push_back(CellsOf(line));
    for (const GateLine& line : report.shown) rows.push_back(CellsOf(line));
    const std::string table = AlignedTable(rows, {0, 1, 2});
    text += table + StarNote(table);
    if (!report.shown.empty()) {
      text += "- is shown and not judged; --tolerance NAME=FRACTION judges it.\n";
    }
  }
  for (const GateCheck& check : report.checks) text += CheckText(check);
  const std::string sensitivity = SensitivityOf(report);
  if (!sensitivity.empty()) text += Wrapped(sensitivity, kColumns);
  return text;
}

}  // namespace bcr
