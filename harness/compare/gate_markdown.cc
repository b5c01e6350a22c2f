#include <fmt/format.h>

#include "harness/compare/gate_reports.h"
#include "reports/markup.h"

namespace bcr {
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
  for (const GateLine& line : report.judged) text += MarkdownRow(CellsOf(line));
  text += "\n";
  const std::string sensitivity = SensitivityOf(report);
  if (!sensitivity.empty()) text += MarkdownText(sensitivity) + "\n\n";
  if (report.shown.empty()) return text;
  text +=
      "<details><summary>Not judged</summary>\n\n| cell | figure | baseline | run | change \\[95 "
      "%\\] |\n|---|---|---:|---:|---:|\n";
  for (const GateLine& line : report.shown) {
    const std::vector<std::string> cells = CellsOf(line);
    text += MarkdownRow({cells.begin() + 1, cells.begin() + 6});  // without what judging gives
  }
  return text + "\n</details>\n";
}

}  // namespace bcr
