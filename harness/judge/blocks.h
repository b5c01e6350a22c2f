#pragma once

#include <vector>

#include "harness/core/json.h"
#include "harness/judge/cells.h"
#include "reports/run_record.h"

namespace bcr {

// The blocks of a score report that are computed only where the request asks for them (a chain for
// the matrix), as FORMAT.md describes them. They throw what their computation throws, and kUsage
// where the request names too few models for them.

Json PairCriterionBlock(const ScoreRequest& request, const std::vector<OpenModel>& models);
Json MatrixBlock(const ScoreRequest& request, const std::vector<OpenModel>& models,
                 const std::vector<ScoredCell>& cells);
Json BackfillBlock(const ScoreRequest& request, const std::vector<OpenModel>& models,
                   const std::vector<ScoredCell>& cells);
Json SlicesBlock(const ScoreRequest& request, const std::vector<OpenModel>& models,
                 const std::vector<ScoredCell>& cells);
// Throws kUsage in builds without FAISS.
Json SearchBlock(const ScoreRequest& request, const std::vector<OpenModel>& models,
                 const std::vector<ScoredCell>& cells);

// {"value", "low", "high"} as far as they exist, and "reason" where there is no value.
Json EstimateJson(const Estimate& estimate);

}  // namespace bcr
