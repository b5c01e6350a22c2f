#pragma once

#include <string>
#include <vector>

#include "harness/eval/scorer.h"

namespace bcr {

// A scored cell as the store keeps it: queries.csv with a line a query, cell.json with the rest.
struct StoredCell {
  CellScores scores;                    // of the means map_hits and cmc alone; the others are 0
  std::vector<std::string> identities;  // of the queries, row for row
  std::string queries_file, queries_hash;
};

void WriteStoredCell(const std::string& folder, const CellScores& scores,
                     const FeatureIndex& query);

// Throws kData where the cell is damaged, naming the file.
StoredCell ReadStoredCell(const std::string& folder);

}  // namespace bcr
