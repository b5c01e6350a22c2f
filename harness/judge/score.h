#pragma once

#include <string>
#include <vector>

#include "harness/judge/request.h"
#include "reports/result.h"
#include "reports/score_report.h"

namespace bcr {

struct ScoreOutcome {
  ScoreReport report;
  std::vector<SideFile> queries;   // the per-query files its cells name
  std::vector<std::string> notes;  // what to say beside it, on stderr
};

// Opens, scores, judges. Writes nothing.
ScoreOutcome ScoreSets(const ScoreRequest& request);

}  // namespace bcr
