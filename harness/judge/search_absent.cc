// Stands in for search.cc in builds without FAISS.
#include "harness/core/error.h"
#include "harness/judge/graph.h"
#include "harness/judge/search.h"

namespace bcr {

void RequireSearch() {
  throw Error(ErrorCode::kUsage,
              {"--search", "a build configured with BCR_WITH_SEARCH=OFF", "one that has FAISS",
               "Leave --search out (exact scores need none), or install FAISS and configure with "
               "-DBCR_WITH_SEARCH=ON."});
}

SearchFigures SearchSection(const GraphRequest&, const std::vector<ScoredCell>&) {
  RequireSearch();
  return {};
}

}  // namespace bcr
