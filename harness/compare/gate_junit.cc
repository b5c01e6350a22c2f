#include <fmt/format.h>

#include <algorithm>

#include "harness/compare/gate_reports.h"
#include "harness/metrics/table.h"
#include "reports/markup.h"

namespace bcr {
namespace {

std::string Case(const std::string& group, const std::string& name, const std::string& failure) {
  const std::string head = fmt::format("    <testcase classname=\"bcreid.gate.{}\" name=\"{}\"",
                                       XmlText(group), XmlText(name));
  if (failure.empty()) return head + "/>\n";
  return head +
         fmt::format(">\n      <failure message=\"{}\"/>\n    </testcase>\n", XmlText(failure));
}

}  // namespace

std::string GateJunit(const GateReport& report) {
  std::string cases;
  for (const GateLine& line : report.judged) {
    const bool worse = line.verdict == "WORSE";
    cases += Case(PlaceOf(line), InfoOf(line.figure).label,
                  worse ? NameOf(line) + " " + ChangeOf(line) : "");
  }
  for (const GateCheck& check : report.checks) {
    cases += Case("checks", check.name, check.passed ? "" : check.says);
  }
  const auto failed =
      static_cast<size_t>(std::count_if(report.checks.begin(), report.checks.end(),
                                        [](const GateCheck& check) { return !check.passed; }));
  const size_t tests = report.judged.size() + report.checks.size();
  const std::string counts =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\"", tests, report.Worse() + failed);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {}>\n  <testsuite name=\"bcreid "
      "gate\" {}>\n{}  </testsuite>\n</testsuites>\n",
      counts, counts, cases);
}

}  // namespace bcr
