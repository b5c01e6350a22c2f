#pragma once

#include <string>
#include <vector>

#include "reports/upgrade_view.h"

namespace bcr {

// What a result says of its upgrade, for people who must decide, in this order: whether search gets
// better on the old gallery, by how much, who gets worse and what is left on the table, whether the
// deployed threshold holds, and what the result cannot know.
struct VerdictParts {
  using Rows = std::vector<std::vector<std::string>>;
  std::string answer;
  Rows changes;           // header first: figure, old -> new queries, change, interval
  Rows figures;           // figure, value, interval, what it means; none where there are no figures
  std::string threshold;  // "" where thresholds were not asked for
  std::string caveat;
};

// REQUIRES: view.compatibility.
VerdictParts VerdictOf(const UpgradeView& view);
// The same as text, which ends with a line break.
std::string VerdictText(const UpgradeView& view);

}  // namespace bcr
