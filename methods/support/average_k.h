#pragma once

#include <cstdint>

namespace at {
class Tensor;
}

namespace bcr {

// The threshold that `count` of the scores (any shape) reach: the midpoint of the count-th and the
// (count + 1)-th largest, float64, no dimension. Scores that equal it count as well: where these two
// tie, more than `count` reach it. REQUIRES: 1 <= count < number of scores.
at::Tensor AverageKThreshold(const at::Tensor& scores, int64_t count);

// Which labels a multi-label head is to give to each row so that K labels are given on average:
// n x L bool, nothing for rows outside `valid` (n bool). Scores n x L, own labels n (-1 outside).
//   kThreshold:   scores that reach the threshold of `count`: the own label may be missing
//   kUnion:       these, and the own labels beside them
//   kOwnFirst:    the own labels, then the highest other scores, `count` in all
enum class AverageKChoice { kThreshold, kUnion, kOwnFirst };
// `count`: round(K * number of valid rows), known on the host. REQUIRES: at least the number of valid
// rows, at most that times L. Nothing waits for the device.
at::Tensor AverageKLabels(AverageKChoice choice, const at::Tensor& scores, const at::Tensor& labels,
                          const at::Tensor& valid, int64_t count);

}  // namespace bcr
