#include "methods/support/old_space.h"

#include <algorithm>

#include "harness/cluster/centroids.h"
#include "methods/support/similarity.h"

namespace bcr {

ClassCentroids Centroids(const FloatMatrix& unit_rows, const LabelSet& labels) {
  ClassCentroids result;
  result.unit = UnitCentroids(unit_rows.view(), labels.labels, labels.classes);
  for (size_t k = 0; k < result.unit.rows(); ++k) {
    const float* row = result.unit.row(k);
    result.empty.push_back(
        std::all_of(row, row + result.unit.cols(), [](float v) { return v == 0.0F; }) ? 1 : 0);
  }
  return result;
}

ClassCentroids OldCentroids(const FloatMatrix& old_features, const LabelSet& labels) {
  FloatMatrix unit = old_features;
  NormalizeRows(unit);
  return Centroids(unit, labels);
}

ClassMeans MeansOf(const FloatMatrix& rows, const LabelSet& labels) {
  const auto classes = static_cast<size_t>(labels.classes);
  ClassMeans means{FloatMatrix(classes, rows.cols()), std::vector<int64_t>(classes)};
  std::vector<double> sums(classes * rows.cols());
  for (size_t i = 0; i < rows.rows(); ++i) {
    if (labels.labels[i] < 0) continue;
    const auto k = static_cast<size_t>(labels.labels[i]);
    ++means.count[k];
    for (size_t j = 0; j < rows.cols(); ++j) sums[k * rows.cols() + j] += rows.row(i)[j];
  }
  for (size_t k = 0; k < classes; ++k) {
    const double n = std::max<double>(1, static_cast<double>(means.count[k]));
    for (size_t j = 0; j < rows.cols(); ++j)
      means.mean.row(k)[j] = static_cast<float>(sums[k * rows.cols() + j] / n);
  }
  return means;
}

namespace {

// The k nearest of other groups by one row of similarities.
std::vector<int64_t> NearestIn(const float* s, int64_t row, const std::vector<int64_t>& group_of,
                               int64_t k) {
  std::vector<int64_t> order;
  for (size_t j = 0; j < group_of.size(); ++j) {
    if (group_of[j] >= 0 && group_of[j] != group_of[static_cast<size_t>(row)]) {
      order.push_back(static_cast<int64_t>(j));
    }
  }
  const auto keep = std::min<int64_t>(k, static_cast<int64_t>(order.size()));
  std::partial_sort(order.begin(), order.begin() + keep, order.end(),
                    [s](int64_t a, int64_t b) { return s[a] != s[b] ? s[a] > s[b] : a < b; });
  return {order.begin(), order.begin() + keep};
}

}  // namespace

std::vector<std::vector<int64_t>> NearestOthers(const FloatMatrix& unit_rows,
                                                const std::vector<int64_t>& group_of, int64_t k) {
  const auto n = static_cast<int64_t>(unit_rows.rows());
  std::vector<std::vector<int64_t>> nearest;
  constexpr int64_t kBlock = 256;
  for (int64_t begin = 0; begin < n; begin += kBlock) {
    const int64_t end = std::min(n, begin + kBlock);
    const FloatMatrix block = SimilarityBlock(unit_rows, begin, end);
    for (int64_t i = begin; i < end; ++i)
      nearest.push_back(NearestIn(block.row(static_cast<size_t>(i - begin)), i, group_of, k));
  }
  return nearest;
}

std::vector<std::vector<int64_t>> NearestOthersOf(const std::vector<int64_t>& rows,
                                                  const FloatMatrix& unit_rows,
                                                  const std::vector<int64_t>& group_of, int64_t k) {
  std::vector<std::vector<int64_t>> nearest;
  for (const int64_t row : rows) {
    const FloatMatrix similarities = SimilarityBlock(unit_rows, row, row + 1);
    nearest.push_back(NearestIn(similarities.row(0), row, group_of, k));
  }
  return nearest;
}

}  // namespace bcr
