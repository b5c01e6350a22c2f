#pragma once

#include <string>
#include <vector>

#include "reports/page/elements.h"
#include "reports/rank_band.h"
#include "reports/upgrade_view.h"

namespace bcr {

// A picture of an upgrade, with its numbers.
struct UpgradePicture {
  std::string name;  // of a file: "cmc", "scores-new-old"; several may have one
  page::Figure figure;
};

// Figures of which the result has nothing are left out. `bands` go with view.cells, cell by cell;
// fewer, or an empty one: no band.
std::vector<UpgradePicture> SearchPictures(const UpgradeView& view,
                                           const std::vector<RankBand>& bands);
std::vector<UpgradePicture> GainPictures(const UpgradeView& view);
std::vector<UpgradePicture> ThresholdPictures(const UpgradeView& view);
std::vector<UpgradePicture> BackfillPictures(const UpgradeView& view);
// Of models that were trained: losses and clusters by epoch.
std::vector<UpgradePicture> TrainingPictures(const std::vector<ModelRecord>& models);

}  // namespace bcr
