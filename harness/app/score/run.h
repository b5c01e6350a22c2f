#pragma once

#include <string>
#include <vector>

#include "harness/app/score/request.h"
#include "reports/result.h"
#include "reports/score_report.h"

namespace bcr {

struct ScoreOutcome {
  ScoreReport report;
  std::vector<SideFile> queries;   // the per-query files its cells name
  std::vector<std::string> notes;  // what to say beside it, on stderr
};

// Opens, scores, judges. Writes nothing.
ScoreOutcome RunScore(const ScoreRequest& request);

// The report for people: cells, the verdict in a sentence, and what else was asked for.
std::string ScoreText(const ScoreReport& report);

}  // namespace bcr
