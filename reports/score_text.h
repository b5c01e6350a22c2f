#pragma once

#include <string>

#include "harness/metrics/table.h"
#include "reports/score_report.h"

namespace bcr {

// What the text of a report shows besides its usual parts.
struct TextParts {
  bool thresholds = false;   // their tables; the verdict has a sentence on them anyway
  bool all_changes = false;  // everybody whom the section names, not the worst identities alone
};
// What was scored, and how, in a sentence or two.
std::string ScoreHead(const ScoreReport& report);

// The report for people: cells, the verdict in ten lines, and what else was asked for. `further` are
// query metrics that the table of cells shows besides its usual ones.
std::string ScoreText(const ScoreReport& report, const MetricList& further = {},
                      const TextParts& parts = {});

}  // namespace bcr
