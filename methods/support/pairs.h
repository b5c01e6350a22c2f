#pragma once

#include <cstdint>
#include <utility>

namespace at {
class Tensor;
}

namespace bcr {

class Batch;

// A batch's features in the old width and the old ones in their type, B x d_o each, the latter without
// gradient: unit rows, or as they are.
std::pair<at::Tensor, at::Tensor> NewAndOld(const Batch& batch, bool unit = true);

// Of the pairs (i, j) of a batch's rows, B x B bool. Label -1 is in none of the first three.
at::Tensor SameIdentity(const Batch& batch);   // i = j included
at::Tensor OtherIdentity(const Batch& batch);  // two different labels
at::Tensor Positives(const Batch& batch);      // SameIdentity, i = j left out
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
// The mean over the rows and their k nearest others of [own - other + margin]_+: `own` (n) and
// `distances` (n x m) from each row to its positive and to all, `others` n x m bool. k = 0: all of
// the others. 0 where no row has one.
at::Tensor MarginLoss(const at::Tensor& own, const at::Tensor& distances, const at::Tensor& others,
                      int64_t k, double margin);
// The mean over each row (n) of the values that are in the mask (both n x m), 0 where none is.
at::Tensor RowMean(const at::Tensor& values, const at::Tensor& mask);

}  // namespace bcr
