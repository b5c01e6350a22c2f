#pragma once

#include <string>
#include <vector>

#include "harness/adapt/set_fit.h"
#include "reports/run_record.h"

namespace bcr {

struct OpenModel;

// The map between the old and the new model of an upgrade, fitted.
struct UpgradeAdapter {
  SetFit fit;
  bool maps_later = true;  // the new model's rows; false: the old model's
  AdapterRecord record;
};

// Fits the adapter on the sets of the request, or by the widths of the two models where it needs no
// rows, and measures its cost on the rows that it will map. models: the old and the new one first.
// Throws kUsage where sets to fit on are missing or of no use to this adapter, and what FitOnSets
// and FitAdapter throw.
UpgradeAdapter FitForUpgrade(const SetFitRequest& asked, const std::vector<OpenModel>& models);

// What a user should know, as sentences: images that are fitted on and scored as well, by name.
std::vector<std::string> NotesOnFit(const UpgradeAdapter& adapter, const OpenModel& scored);

// A map between models of those keys in the form that records and reports hold, all but its cost.
AdapterRecord DescribeMap(const FittedAdapter& adapter, bool maps_later, const std::string& model,
                          const std::string& earlier);

}  // namespace bcr
