#include "reports/upgrade_view.h"

namespace bcr {

const CellRecord* UpgradeView::Cell(const std::string& query_model,
                                    const std::string& gallery_model) const {
  for (const CellRecord& cell : *cells) {
    if (cell.query_model != query_model || cell.gallery_model != gallery_model) continue;
    return cell.status == "ok" ? &cell : nullptr;
  }
  return nullptr;
}

UpgradeView ViewOf(const ScoreReport& report) {
  return {&report.cells,
          report.compatibility ? &*report.compatibility : nullptr,
          &report.sections,
          {},
          report.scoring.distance};
}

UpgradeView ViewOf(const RunRecord& record) {
  return {&record.cells, record.compatibility ? &*record.compatibility : nullptr, &record.sections,
          record.upgrade, record.scoring.distance};
}

}  // namespace bcr
