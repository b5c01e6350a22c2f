#pragma once

#include <string>
#include <vector>

#include "harness/eval/scorer.h"

namespace bcr {

// The per-query side file of a cell: CSV with the header
// image,identity,camera,valid,ap_hits,ap_trapezoid,inp,first_rank, one row a query in row order,
// numbers in shortest round-trip form, 0 in every value of an invalid query.
struct QueryFile {
  FeatureIndex index;
  std::vector<QueryScore> queries;  // matches and last_rank are not stored: 0
  std::string hash;                 // HashOf the file's bytes
};

// Writes the file atomically and returns its hash. Throws kData where the index does not fit the
// cell or a value is not a number in [0, 1], kIo where writing fails.
std::string WriteQueryFile(const std::string& path, const FeatureIndex& query,
                           const CellScores& cell);

// Throws kMissing, kIo or kData, naming file and line: wrong header, duplicate image, a value out
// of range, a query with first_rank 0 that claims to be valid. Where `expected_hash` is not empty,
// also for a file with other content.
QueryFile ReadQueryFile(const std::string& path, const std::string& expected_hash = "");

}  // namespace bcr
