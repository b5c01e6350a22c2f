// The engine of programs that link FAISS: the light build and the tests.
#include "harness/search/blas_on_demand.h"
#include "harness/search/faiss_search.h"

namespace bcr {

void RequireSearchEngine() {
#ifdef BCR_BLAS_ON_DEMAND
  RequireBlas();
#endif
}

NearestLists SearchApproximately(const std::string& index, const RowSource& query,
                                 const RowSource& gallery, const ApproximateOptions& options) {
  return SearchWithFaiss(index, query, gallery, options);
}

}  // namespace bcr
