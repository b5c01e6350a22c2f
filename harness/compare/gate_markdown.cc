#include <fmt/format.h>

#include "harness/compare/gate_reports.h"
#include "harness/metrics/table.h"
#include "reports/markup.h"
#include "reports/number_text.h"

namespace bcr {
namespace {

std::string LineText(const GateLine& line, bool judged) {
  std::string change = SignedPoints(line.run - line.baseline, 2);
  if (line.difference && line.difference->low) {
    change += " " + SignedInterval(*line.difference->low, *line.difference->high,
                                   line.difference->few, 2);
  }
  std::vector<std::string> cells = {line.cell.empty() ? "upgrade" : line.cell,
                                    InfoOf(line.figure).label, Percent(line.baseline, 2),
                                    Percent(line.run, 2), change};
  if (judged) {
    cells.insert(cells.begin(), line.verdict);
    cells.insert(cells.end(), {PText(line.p_value), Percent(line.tolerance, 2),
                               line.shown_from ? Percent(*line.shown_from, 2) : "-"});
  }
  return MarkdownRow(cells);
}

}  // namespace

std::string GateMarkdown(const GateReport& report) {
  std::string text =
      fmt::format("## Upgrade gate: {}\n\n", report.Passed() ? "passed" : "**failed**");
  for (const GateCheck& check : report.checks) {
    text += fmt::format("- {}{}\n", check.passed ? "" : "**failed**: ", MarkdownText(check.says));
  }
  if (!report.checks.empty()) text += "\n";
  if (report.judged.empty()) return text;
  text +=
      "| verdict | cell | figure | baseline | run | change \\[95 %\\] | p | tolerance | shown from "
      "|\n|---|---|---|---:|---:|---:|---:|---:|---:|\n";
  for (const GateLine& line : report.judged) text += LineText(line, true);
  text += "\n";
  const std::string sensitivity = SensitivityOf(report);
  if (!sensitivity.empty()) text += MarkdownText(sensitivity) + "\n\n";
  if (report.shown.empty()) return text;
  text +=
      "<details><summary>Not judged</summary>\n\n| cell | figure | baseline | run | change \\[95 "
      "%\\] |\n|---|---|---:|---:|---:|\n";
  for (const GateLine& line : report.shown) text += LineText(line, false);
  return text + "\n</details>\n";
}

}  // namespace bcr
