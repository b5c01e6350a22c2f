#pragma once

#include "harness/search/approximate.h"

namespace bcr {

// SearchApproximately, computed by FAISS. Who links FAISS calls it; the program of the full build
// reaches it through a library (harness/app/search_library.h).
NearestLists SearchWithFaiss(const std::string& index, const RowSource& query,
                             const RowSource& gallery, const ApproximateOptions& options);

}  // namespace bcr
