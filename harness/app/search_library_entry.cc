// The one function of the search library that the program looks up by name.
#include <build_stamp.gen.h>

#include "harness/app/search_library.h"
#include "harness/search/faiss_search.h"

extern "C" const void* bcreid_search_library() {
  static const bcr::SearchLibrary table = {.build = BCR_BUILD_STAMP,
                                           .search = bcr::SearchWithFaiss};
  return &table;
}
