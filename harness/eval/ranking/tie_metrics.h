#pragma once

#include <cstdint>
#include <vector>

#include "harness/eval/scorer.h"

namespace bcr {

// A group of admitted rows at one distance from a query, with at least one match among them.
struct TieGroup {
  uint32_t before = 0;   // N: admitted rows nearer than the group
  uint32_t matches = 0;  // p >= 1
  uint32_t others = 0;   // s - p, where s is the group's size
};

// The metrics of one query from its tie groups, nearest first (empty: not valid), with the orders
// inside the groups decided by `ties` (not kByRow).
//
// kMean is the exact expectation over uniformly random orders. Let a be the matches before a group.
// Position j = 1..s of the group is a match with probability p/s, and then has on average
// h_j = (j - 1)(p - 1)/(s - 1) of the group's matches before it, so by linearity
//   sum of i / r_i              gains sum_j (p/s) (a + 1 + h_j) / (N + j),
//   sum of (i - 1) / (r_i - 1)  gains sum_j (p/s) (a + h_j) / (N + j - 1), and p/s where N + j = 1.
// The last match stands at position m of the last group with probability C(m-1, p-1) / C(s, p):
//   E[INP] = sum_m G / (N + m) C(m-1, p-1) / C(s, p).
// The first match stands beyond position j of the first group with probability
//   prod_{t < j} (s - p - t) / (s - t), which gives `hits` (F. McSherry and M. Najork, "Computing
// Information Retrieval Performance Measures Efficiently in the Presence of Tied Scores", ECIR
// 2008, for the first of these). Other metrics of ranks have no such formula here: `of_ranks` stays
// empty.
QueryScore ScoreTies(const std::vector<TieGroup>& groups, Ties ties, int max_rank);

}  // namespace bcr
