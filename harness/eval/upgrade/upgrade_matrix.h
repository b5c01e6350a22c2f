#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/eval/statistics/estimate.h"

namespace bcr {

struct CellScores;

// Summaries of a chain of T upgrades: M[t][k] with query model t and gallery model k <= t, models
// in the order of their making (CL2R, Biondi et al., TOMM 2023).
struct MatrixScores {
  // Share of pairs k < t with M[t][k] > M[k][k]: strict, so a tie fails (CL2R's code passes it).
  Estimate ac;
  // The same, counting only pairs whose paired difference has its interval above 0. From cells
  // only.
  Estimate ac_decided;
  Estimate am;  // mean of the T (T + 1) / 2 cells, zeros included
  Estimate bc;  // mean over k < T of M[T][k] - M[k][k]
  Estimate fc;  // mean over t > 1 of M[t][t - 1] - M[t][t]
};

// From values: matrix[t] has t + 1 entries; an absent one was not measured, and what needs it is
// absent with a reason. T = 1: AC, BC and FC have no pair and are absent. Throws kData for rows of
// another length, no rows, or values that are not finite.
MatrixScores ScoreMatrix(const std::vector<std::vector<std::optional<double>>>& matrix);

// From cells on the same queries (null: not measured), on AP by precision at hits over the queries
// valid in every cell; AM, BC and FC have intervals, AC has its decided variant.
MatrixScores ScoreMatrix(const std::vector<std::vector<const CellScores*>>& cells,
                         const std::vector<std::string>& identities,
                         const EstimateOptions& options);

}  // namespace bcr
