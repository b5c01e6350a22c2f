#pragma once

#include <vector>

#include "harness/eval/episodes/episode_pool.h"

namespace bcr {

// Prototypical classification (Snell et al., NeurIPS 2017) of an episode's queries, as Chen et al.
// (arXiv 1911.06045) score it; `query` and `gallery` may be of two models of one width.
//   euclidean  c_k = mean of the K enrolled rows, score = -|f(q) - c_k|^2
//   cosine     c_k = mean of the K enrolled rows of length 1, score = cos(f(q), c_k)
// The score of every query (of the first person, then of the second, ...) with every person, row by
// row. In float64, from the two rows' own values alone. A row or a prototype without direction
// scores 0 under cosine. REQUIRES: equal widths.
std::vector<double> PrototypeScores(const RowSource& query, const RowSource& gallery,
                                    Distance distance, const Episode& episode);

// By person of the episode: the share of the own queries of which its prototype is the nearest; of
// equally near ones the person who was drawn earlier counts as the nearest.
std::vector<double> EpisodeShares(const RowSource& query, const RowSource& gallery,
                                  Distance distance, const Episode& episode);

}  // namespace bcr
