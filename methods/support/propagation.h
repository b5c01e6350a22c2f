#pragma once

#include <vector>

#include "harness/core/matrix.h"

namespace bcr {

// A class's old features after they were propagated along the neighbourhoods of the new model, and
// then averaged. With E_ij = softmax over j != i of <n_i, n_j> / temperature (rows sum to 1, E_ii =
// 0; a single image has E = 1), A = (1 - share) (I - share E)^-1 O, the result is the mean of A's
// rows, d_o numbers. `fresh` (m x d) and `old` (m x d_o) are unit rows of the same m >= 1 images; in
// float64. UniBCT, arXiv:2203.01583, equations 9 and 10, as MixBCT's code cites them; that code
// normalises columns instead, which gives the plain mean of `old` whatever the neighbourhoods are.
std::vector<double> RefinedPrototype(MatrixView fresh, MatrixView old, double temperature,
                                     double share);

}  // namespace bcr
