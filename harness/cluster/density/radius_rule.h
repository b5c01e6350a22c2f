#pragma once

#include "harness/cluster/jaccard/jaccard.h"

namespace bcr {

// A radius for DBSCAN that is taken from the data: of the distances of all pairs of rows that are not 0,
// the mean of the smallest round(share * count), at least one. Pairs that a graph leaves out lie
// at 1 (k-reciprocal Jaccard distance). MMT (Ge et al., ICLR 2020) and the unofficial code of RDSBN + MDIF
// take share = 1.6e-3, made for some ten thousand images: a row then has about
// share * rows / 2 neighbours within the radius.
//
// Distances up to 1e-6 count as 0: rounding. `table` as for KReciprocalJaccard, whose bound on the
// distance (options.max_distance) is not used: the graph is made with wider and wider bounds until it
// holds as many pairs as are asked for. Memory: the edges up to such a bound. 0 for fewer than two
// rows, or where all distances are 0. Throws kConfig for a share outside (0, 1].
double RadiusByShare(MatrixView unit_rows, const NeighbourTable& table, JaccardOptions options,
                     double share);

// The same of one graph that holds the pairs up to `bound`: negative where it holds too few.
double RadiusIn(const SparseGraph& graph, double share, bool holds_all);

}  // namespace bcr
