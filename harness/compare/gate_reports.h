#pragma once

#include <string>
#include <vector>

#include "harness/compare/gate.h"
#include "harness/core/json.h"

namespace bcr {

// One gate report in the forms that people and build servers read.

// For a terminal: the figures as a table, the checks, and what the test set could have shown;
// OutcomeOf says whether it passed.
std::string GateText(const GateReport& report);

// {"kind": "gate-report", ...}; FORMAT.md describes it.
Json GateJson(const GateReport& report);

// For a job summary: a heading that says whether it passed, and the tables.
std::string GateMarkdown(const GateReport& report);

// JUnit XML: a test case for each judged figure and check.
std::string GateJunit(const GateReport& report);

// GitHub's workflow commands: an ::error for each figure and check that fails, else one ::notice.
std::string GateAnnotations(const GateReport& report);

// Parts of these.

// "new/old mAP": the cell (none for a figure of the whole upgrade) and the figure's label.
std::string NameOf(const GateLine& line);
// "fell from 34.93 to 31.02 (-3.91 [-5.10, -2.70], p 0.002, tolerance 0.50)".
std::string ChangeOf(const GateLine& line);
// "gate: passed" or "gate: FAILED: 2 of 9 figures got worse".
std::string OutcomeOf(const GateReport& report);
// The line as cells: verdict, cell, figure, baseline, run, change, p, tolerance, shown from; "-" for
// what it lacks, as a line that is not judged does.
std::vector<std::string> CellsOf(const GateLine& line);
// The place of a line's cell: "new/old", or "upgrade" for a figure of the whole upgrade.
std::string PlaceOf(const GateLine& line);
// "ok     compatible: ..." or "WORSE  compatible: ...", with a line break.
std::string CheckText(const GateCheck& check);
// How small a worsening this test set could have shown, as one or two sentences.
std::string SensitivityOf(const GateReport& report);

}  // namespace bcr
