#include "harness/cluster/centroids.h"

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"

namespace bcr {

namespace {
constexpr double kSmallestNorm = 1e-12;
}

FloatMatrix UnitCentroids(MatrixView unit_rows, const std::vector<int64_t>& labels, int64_t count) {
  BCR_CHECK(labels.size() == unit_rows.rows, "one label per row");
  const size_t cols = unit_rows.cols;
  std::vector<double> sums(static_cast<size_t>(count) * cols, 0.0);
  std::vector<int64_t> members(count, 0);
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0) continue;
    BCR_CHECK(labels[i] < count, "labels are dense");
    ++members[labels[i]];
    double* sum = sums.data() + labels[i] * cols;
    for (size_t c = 0; c < cols; ++c) sum[c] += unit_rows.row(i)[c];
  }
  FloatMatrix centroids(static_cast<size_t>(count), cols);
  for (int64_t label = 0; label < count; ++label) {
    const double* sum = sums.data() + label * cols;
    const double size = static_cast<double>(std::max<int64_t>(members[label], 1));
    double squares = 0;
    for (size_t c = 0; c < cols; ++c) squares += sum[c] / size * (sum[c] / size);
    const double norm = std::max(std::sqrt(squares), kSmallestNorm);
    for (size_t c = 0; c < cols; ++c)
      centroids.row(label)[c] = static_cast<float>(sum[c] / size / norm);
  }
  return centroids;
}

int64_t LabelCount(const std::vector<int64_t>& labels) {
  int64_t largest = -1;
  for (const int64_t label : labels) largest = std::max(largest, label);
  return largest + 1;
}

}  // namespace bcr
