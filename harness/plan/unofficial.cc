#include "harness/plan/unofficial.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/eval/scoring_text.h"

namespace bcr {

std::vector<std::string> UnofficialReasons(const Protocol& protocol, const RunRequest& request,
                                           DataRoles& data) {
  std::vector<std::string> reasons = protocol.unofficial_reasons;
  if (request.compatibility_weight != 1) {
    reasons.push_back(
        fmt::format("compatibility weights multiplied by {}", request.compatibility_weight));
  }
  if (protocol.profile.needs_init && request.init == std::vector<std::string>{"random"}) {
    reasons.push_back("random initial weights where the profile asks for a file");
  }
  if (request.best_on_test > 0) reasons.push_back("epochs chosen on the test split");
  if (request.rerank) reasons.push_back("re-ranked: " + RerankText(*request.rerank));
  if (request.score_on != "test") reasons.push_back("scored on the validation identities");
  for (const std::string& role : DataRolesOf(protocol.setting)) {
    const DatasetReport& report = data.Data(role).report();
    if (report.published && report.unparsed_count > 0) {
      reasons.push_back(
          fmt::format("{} data: {} names outside the grammar", role, report.unparsed_count));
    }
  }
  return reasons;
}

std::vector<std::string> DataWarnings(const Setting& setting, DataRoles& data) {
  std::vector<std::string> warnings;
  for (const std::string& role : DataRolesOf(setting)) {
    const Dataset& set = data.Data(role);
    const DatasetReport& report = set.report();
    if (!report.differences.empty()) {
      warnings.push_back(
          fmt::format("{} data: not as published for {} ({}). Where this is another data set, "
                      "market-layout, folder or csv expect no counts",
                      role, set.reader(), fmt::join(report.differences, "; ")));
    }
    if (!report.published && report.unparsed_count > 0) {
      warnings.push_back(
          fmt::format("{} data: {} files are left out, since their names are outside the grammar",
                      role, report.unparsed_count));
    }
  }
  return warnings;
}

}  // namespace bcr
