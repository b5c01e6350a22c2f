#pragma once

#include <string>

namespace bcr {

struct ApproximateOptions;
struct NearestLists;
class RowSource;

// What the program asks of the search library, libbcreid-search.so.
struct SearchLibrary {
  const char* build;  // BuildStamp() of the library
  NearestLists (*search)(const std::string& index, const RowSource& query, const RowSource& gallery,
                         const ApproximateOptions& options);
};

}  // namespace bcr
