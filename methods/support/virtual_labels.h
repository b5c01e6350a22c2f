#pragma once

#include <cstdint>

namespace at {
class Tensor;
}

namespace bcr {

class Batch;

// Which images of a batch are generated, and without an identity: B bool.
at::Tensor GeneratedImages(const Batch& batch);
// Sum of the values where the mask is true, both n; 0 where it is nowhere.
at::Tensor SumOver(const at::Tensor& values, const at::Tensor& mask);

// What images without an identity, above all generated ones, are said to be: a distribution over K
// identities made of the logits that a classifier gives them. No gradient, nothing waits for the device.

// How MpRL turns ranks into weights a_k in 1..K (K: the likeliest).
enum class RankForm {
  kRank,     // the paper: a_k is the rank of class k
  kArgsort,  // the released code: a_k is the number of the class that stands at rank k, which is the
             // inverse permutation
};

// q_k = a_k / sum of a. `keep` > 0: only the `keep` largest a count, the others are 0 (the code's
// sparse form); 0, or K and more: all. Equal logits: the lower class has the lower rank. Logits n x K, in
// any order of magnitude; n x K of their type.
at::Tensor RankLabels(const at::Tensor& logits, RankForm form, int64_t keep);
// 1/K for each identity (LSRO).
at::Tensor UniformLabels(const at::Tensor& logits);
// 1 for the likeliest identity; of equal ones the lowest.
at::Tensor LikeliestLabels(const at::Tensor& logits);

// sum_k -q_k log softmax(z)_k of each row: n. Gradient p - q.
at::Tensor SoftCrossEntropy(const at::Tensor& logits, const at::Tensor& labels);

}  // namespace bcr
