#pragma once

#include <string>
#include <vector>

#include "reports/per_query.h"
#include "reports/run_record.h"
#include "reports/score_report.h"

namespace bcr {

// Where the page of an upgrade and its pictures go, as typed.
struct PageFlags {
  std::string html;    // file; "" for none
  std::string svg;     // folder for the pictures; "" for none
  std::string images;  // folder or data reference of the query strips' images; "" for none
  std::string store;   // where drawn images are kept

  bool Any() const { return !html.empty() || !svg.empty(); }
};

// Throws kUsage before anything is computed: files that would be lost, images without a page.
void CheckPageFlags(const PageFlags& flags);

// `queries` hold the per-query values cell by cell; empty ones where a cell has none. Both throw
// kUsage where the result has no upgrade, and kIo.
void WritePage(const ScoreReport& report, std::vector<std::vector<PerQueryRow>> queries,
               const PageFlags& flags);
void WritePage(const RunRecord& record, std::vector<std::vector<PerQueryRow>> queries,
               const PageFlags& flags);

// The same for a run record or score report that was stored, with its side files.
void WritePageOf(const std::string& result_file, const PageFlags& flags);

}  // namespace bcr
