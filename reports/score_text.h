#pragma once

#include <string>

#include "harness/metrics/table.h"
#include "reports/score_report.h"

namespace bcr {

// The report for people: cells, the verdict in ten lines, and what else was asked for. `further` are
// query metrics that the table of cells shows besides its usual ones. The tables of thresholds are
// shown only where `thresholds` says so: the verdict has a sentence on them.
std::string ScoreText(const ScoreReport& report, const MetricList& further = {},
                      bool thresholds = false);

}  // namespace bcr
