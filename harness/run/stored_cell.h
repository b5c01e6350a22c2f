#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/eval/scorer.h"
#include "harness/run/artifact_store.h"

namespace bcr {

// A scored cell as the store keeps it: queries.csv with a line a query, cell.json with the rest.
struct StoredCell {
  CellScores scores;                    // means but `cmc` are left 0
  std::vector<std::string> identities;  // of the queries, row for row
  std::string queries_file, queries_hash;
};

// The cell of these inputs, scored by `score` unless the store has it; `query` are its queries. A
// stored cell that is damaged is told, removed and scored again.
StoredCell CellFromStore(ArtifactStore& store, const Json& inputs, const FeatureIndex& query,
                         const std::function<CellScores()>& score);

}  // namespace bcr
