#pragma once

#include <string>

#include "reports/record_io.h"

namespace bcr {

// A whole, official record with the five cells; `cross` is the mAP of new/old, its interval +-0.01.
RunRecord TestRecord(const std::string& method, int64_t seed, double cross = 0.6);
// The same, as if read from a file of its own name.
StoredRecord TestStored(const std::string& method, int64_t seed, double cross = 0.6);

CellRecord& CellOf(RunRecord& record, const std::string& query_model,
                   const std::string& gallery_model);

}  // namespace bcr
