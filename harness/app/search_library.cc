// The search engine of the full build's program: FAISS and OpenBLAS lie in a library of their own, which
// is loaded when a search is asked for.
#include "harness/app/search_library.h"

#include "harness/app/library.h"
#include "harness/search/approximate.h"

namespace bcr {
namespace {

const SearchLibrary& Engine() {
  static const auto* const table =
      static_cast<const SearchLibrary*>(LoadOwnLibrary({.file = "libbcreid-search.so",
                                                        .entry = "bcreid_search_library",
                                                        .what = "search",
                                                        .address_space_mib = 500}));
  return *table;
}

}  // namespace

void RequireSearchEngine() { Engine(); }

NearestLists SearchApproximately(const std::string& index, const RowSource& query,
                                 const RowSource& gallery, const ApproximateOptions& options) {
  return Engine().search(index, query, gallery, options);
}

}  // namespace bcr
