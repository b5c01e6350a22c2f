#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/matrix.h"
#include "harness/train/objective.h"

namespace bcr {

// The mean of each class's unit rows, normalised again; float64 accumulation in row order. A class
// without rows, or with a zero mean, has a zero row and empty[k] = 1.
struct ClassCentroids {
  FloatMatrix unit;            // C x d
  std::vector<int64_t> empty;  // C, 0 or 1
};
ClassCentroids Centroids(const FloatMatrix& unit_rows, const LabelSet& labels);
// The same from old features as stored (not normalised).
ClassCentroids OldCentroids(const FloatMatrix& old_features, const LabelSet& labels);

// The mean of each class's rows as they are; float64 accumulation in row order. A class without rows
// has a zero row.
struct ClassMeans {
  FloatMatrix mean;            // C x d
  std::vector<int64_t> count;  // C: rows of the class
};
ClassMeans MeansOf(const FloatMatrix& rows, const LabelSet& labels);

// For each row its k most similar rows of other groups (group -1 is nobody's neighbour), by
// (similarity descending, row ascending). Blocks of queries bound the memory. result[i] is shorter
// than k where fewer rows remain.
std::vector<std::vector<int64_t>> NearestOthers(const FloatMatrix& unit_rows,
                                                const std::vector<int64_t>& group_of, int64_t k);
// The same of some rows alone, in their order.
std::vector<std::vector<int64_t>> NearestOthersOf(const std::vector<int64_t>& rows,
                                                  const FloatMatrix& unit_rows,
                                                  const std::vector<int64_t>& group_of, int64_t k);

}  // namespace bcr
