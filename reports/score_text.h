#pragma once

#include <string>

#include "harness/metrics/table.h"
#include "reports/score_report.h"

namespace bcr {

// The report for people: cells, the verdict in a sentence, and what else was asked for. `further`
// are query metrics that the table of cells shows besides its usual ones.
std::string ScoreText(const ScoreReport& report, const MetricList& further = {});

}  // namespace bcr
