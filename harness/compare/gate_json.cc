#include <nlohmann/json.hpp>

#include "harness/compare/change_forms.h"
#include "harness/compare/gate_reports.h"

namespace bcr {
namespace {

Json LineJson(const GateLine& line) {
  Json json = {{"figure", line.figure}, {"baseline", line.baseline}, {"run", line.run}};
  if (!line.cell.empty()) json["cell"] = line.cell;
  if (line.difference && line.difference->value) {
    json["difference"] = DifferenceJson(*line.difference);
  }
  if (line.verdict.empty()) return json;
  json["verdict"] = line.verdict;
  json["tolerance"] = line.tolerance;
  if (line.p_value) json["p_value"] = *line.p_value;
  if (line.shown_from) json["shown_from"] = *line.shown_from;
  return json;
}

}  // namespace

Json GateJson(const GateReport& report) {
  Json judged = Json::array(), shown = Json::array(), checks = Json::array();
  for (const GateLine& line : report.judged) judged.push_back(LineJson(line));
  for (const GateLine& line : report.shown) shown.push_back(LineJson(line));
  for (const GateCheck& check : report.checks) {
    checks.push_back({{"name", check.name}, {"passed", check.passed}, {"says", check.says}});
  }
  Json json = {{"kind", "gate-report"},
               {"schema_version", 1},
               {"passed", report.Passed()},
               {"run", report.run},
               {"judged", judged},
               {"shown", shown},
               {"checks", checks},
               {"by_value", report.options.by_value},
               {"level", report.options.level}};
  if (!report.baseline.empty()) json["baseline"] = report.baseline;
  return json;
}

}  // namespace bcr
