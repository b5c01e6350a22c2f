#pragma once

namespace at {
class Tensor;
}

namespace bcr {

// Euclidean distances among the rows of `x` (n x d): n x n, at least 1e-6. Pairs below that have no
// gradient.
at::Tensor DistancesAmong(const at::Tensor& x);

// What a triplet costs whose positive is `gap` further away than its negative, for gaps of any shape:
// [gap + margin]_+, or log(1 + exp(gap)) where the margin is 0.
at::Tensor TripletLoss(const at::Tensor& gap, double margin);
// The name of that term.
const char* TripletTerm(double margin);

}  // namespace bcr
