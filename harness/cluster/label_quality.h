#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bcr {

// How outliers (-1) of the prediction enter the scores. The numbers differ, so the convention is
// part of every report. Headline: kSingletons, which penalises dropping images; kDropped belongs
// beside its coverage.
enum class NoiseConvention { kOneCluster, kSingletons, kDropped };
const char* NoiseConventionName(NoiseConvention noise);  // "one-cluster", "singletons", "dropped"

// Agreement of two partitions, scikit-learn's definitions: natural logarithms, NMI by the
// arithmetic mean. All in [0, 1] but ARI, which is at most 1 and 0 by chance. Without any pair in
// common FMI, precision and recall are 0; without any entropy homogeneity, completeness and NMI are
// 1; with nothing to score (every row dropped) all are 0.
struct LabelQuality {
  double ari = 0, nmi = 0, fmi = 0, pair_precision = 0, pair_recall = 0, homogeneity = 0,
         completeness = 0;
};
// multi_camera counts clusters seen by more than one camera; median_size is the lower median.
// Outliers are no cluster.
struct ClusterShape {
  int64_t clusters = 0, outliers = 0, largest = 0, median_size = 0, multi_camera = 0;
};

// Pseudo labels against the truth (reporting only). O(N log N). REQUIRES: lists of equal length.
LabelQuality ScoreLabels(const std::vector<int64_t>& truth, const std::vector<int64_t>& predicted,
                         NoiseConvention noise);
ClusterShape DescribeClusters(const std::vector<int64_t>& predicted,
                              const std::vector<int64_t>& cameras);

}  // namespace bcr
