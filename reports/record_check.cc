#include <algorithm>

#include "harness/core/error.h"
#include "reports/record_parts.h"
#include "reports/run_record.h"

namespace bcr {
namespace {

void Refuse(const std::string& where, const std::string& found, const std::string& expected) {
  parts::Refuse(where, found, expected, "The record contradicts itself: make it anew.");
}

void CheckStatus(const RunRecord& record, const std::string& where) {
  const bool any_failed = std::any_of(record.cells.begin(), record.cells.end(),
                                      [](const CellRecord& cell) { return cell.status != "ok"; });
  if (record.status == "ok" && (any_failed || !record.error.empty() || record.cells.empty())) {
    Refuse(where, "status ok beside an error, a failed cell or no cell", "partial or failed");
  }
  if (record.status != "ok" && record.error.empty())
    Refuse(where, "status " + record.status, "an error that says why");
  if (record.official != record.unofficial_reasons.empty()) {
    Refuse(where,
           record.official ? "official beside reasons against it" : "unofficial without a reason",
           "unofficial_reasons exactly where official is false");
  }
}

}  // namespace

const CellRecord* FindCell(const RunRecord& record, const std::string& query_model,
                           const std::string& gallery_model) {
  for (const CellRecord& cell : record.cells) {
    if (cell.query_model == query_model && cell.gallery_model == gallery_model) return &cell;
  }
  return nullptr;
}

void CheckRecord(const RunRecord& record, const std::string& where) {
  CheckStatus(record, where);
  std::vector<std::string> keys;
  for (const ModelRecord& model : record.models) keys.push_back(model.key);
  parts::CheckCells(keys, record.cells, where);
  parts::CheckAdapters(keys, record.adapters, where);
  if (record.compatibility) {
    parts::CheckCompatibility(*record.compatibility, where + ": compatibility");
  }
  parts::CheckSections(keys, record.sections, where);
}

}  // namespace bcr
