#pragma once

#include <string>

#include "reports/threshold_figures.h"

namespace bcr {

// The section as text for people: the operating points of each cell, and what an upgrade does to
// thresholds that were set in old/old. Ends with a line break.
std::string ThresholdsText(const ThresholdFigures& figures);

// The transfer that a summary speaks of: one false accept in a thousand pairs, or the next rate that
// the data allow; null without an upgrade.
const ThresholdFigures::Transfer<ThresholdFigures::Pairs>* HeadlineTransfer(
    const ThresholdFigures& figures);

// What an upgrade does to the deployed threshold, in one sentence, by HeadlineTransfer; "" without an
// upgrade. `distance` as the
// result's scoring names it.
std::string ThresholdSentence(const ThresholdFigures& figures, const std::string& distance);

}  // namespace bcr
