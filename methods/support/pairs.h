#pragma once

#include <cstdint>

namespace at {
class Tensor;
}

namespace bcr {

class Batch;

// Of the pairs (i, j) of a batch's rows, B x B bool. Label -1 is in neither of the first two.
at::Tensor SameIdentity(const Batch& batch);   // i = j included
at::Tensor OtherIdentity(const Batch& batch);  // two different labels
// One image: i = j, and the copies that the sampler makes of images of small identities.
at::Tensor OwnImage(const Batch& batch);

// Euclidean distances between the rows of `a` (n x d) and of `b` (m x d): n x m, at least 1e-6.
// Pairs below that have no gradient.
at::Tensor Distances(const at::Tensor& a, const at::Tensor& b);

// The k largest of each row's values that are in the mask (both n x m): n x min(k, m), -infinity
// where a row has fewer. k = 0: all of them, in place.
at::Tensor Largest(const at::Tensor& values, const at::Tensor& mask, int64_t k);
// log of the sum of exp over each row (n): -infinity, and no gradient, for a row of what Largest
// left out alone.
at::Tensor LogSumExp(const at::Tensor& values);
// The mean over each row (n) of the values that are in the mask (both n x m), 0 where none is.
at::Tensor RowMean(const at::Tensor& values, const at::Tensor& mask);

}  // namespace bcr
