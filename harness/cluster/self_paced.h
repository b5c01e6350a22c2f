#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace bcr {

// Three clusterings of the same rows: by the radius in use, by a smaller and by a larger one.
struct ThreeClusterings {
  std::vector<int64_t> normal, tight, loose;  // -1: outlier, a cluster of its own
};

// Keeps the clusters that are apart from others and the members that stay together (Ge et al.,
// "Self-paced Contrastive Learning with Hybrid Memory", NeurIPS 2020, section 3.3; rules as in the
// authors' public code). With I(i), T(i) and O(i) the clusters of row i in the normal, tight and loose
// clustering:
//   compactness  R_comp(i) = 1 - |I n T| / |I u T|; of a cluster: the least of its members
//   independence R_indep(i) = 1 - |I n O| / |I u O|; likewise
// Row i keeps its cluster where that cluster's R_indep is at most the threshold and R_comp(i) at most
// its cluster's R_comp; otherwise it becomes an outlier.
// The threshold is that share of the first epoch's clusters (of more than one row) that were least
// independent: SelfPacedThreshold of `share` (0.9).
double SelfPacedThreshold(const ThreeClusterings& clusterings, double share);
// O(N). Labels are numbered 0, 1, ... by their smallest row, outliers are -1.
std::vector<int64_t> SelfPacedLabels(const ThreeClusterings& clusterings, double threshold);

// Gives every outlier a label of its own, behind the clusters, in row order.
void NumberOutliers(std::vector<int64_t>& labels);

}  // namespace bcr
