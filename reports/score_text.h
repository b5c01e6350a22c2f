#pragma once

#include <string>

#include "reports/score_report.h"

namespace bcr {

// The report for people: cells, the verdict in a sentence, and what else was asked for.
std::string ScoreText(const ScoreReport& report);

}  // namespace bcr
