#pragma once

#include <string>
#include <vector>

#include "reports/run_record.h"
#include "reports/score_report.h"

namespace bcr {

// What a result of either kind says of its upgrade: borrowed, for whoever shows it.
struct UpgradeView {
  const std::vector<CellRecord>* cells = nullptr;
  const CompatibilityRecord* compatibility = nullptr;  // null where a cell it needs is absent
  const Sections* sections = nullptr;
  UpgradeModels models;
  std::string distance;  // "cosine", "euclidean"

  // The cell, or null where there is none or it failed.
  const CellRecord* Cell(const std::string& query_model, const std::string& gallery_model) const;
  const CellRecord* OldSelf() const { return Cell(models.old_model, models.old_model); }
  const CellRecord* Cross() const { return Cell(models.new_model, models.old_model); }
  const CellRecord* NewSelf() const { return Cell(models.new_model, models.new_model); }
};

UpgradeView ViewOf(const ScoreReport& report);
UpgradeView ViewOf(const RunRecord& record);

}  // namespace bcr
