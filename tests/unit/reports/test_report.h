#pragma once

#include <string>
#include <vector>

#include "reports/per_query.h"
#include "reports/score_report.h"

namespace bcr {

// Six queries of three identities, q0 to q5, the last without a match; AP as given.
std::vector<PerQueryRow> TestRows(const std::vector<double>& ap);

// A cell whose metrics are the means of `rows`.
CellRecord CellFromRows(const std::string& query_model, const std::string& gallery_model,
                        const std::vector<PerQueryRow>& rows);

// Old and new on the same queries: old/old, new/new, new/old, with verdict and one further value.
ScoreReport TestReport();

}  // namespace bcr
