#include "harness/cluster/k_means.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "harness/cluster/finite_rows.h"
#include "harness/cluster/row_dot.h"
#include "harness/core/error.h"
#include "harness/core/interrupt.h"
#include "harness/core/parallel.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

// What |row - centre|^2 has beside the row's own square, which is 1.
float Excess(const float* row, const FloatMatrix& centres, const std::vector<float>& squares,
             size_t k) {
  return squares[k] - 2.0F * RowDot(row, centres.row(k), centres.cols());
}

// The index at which the running sum of `weights` passes a random share of the whole; any index
// where all weights are 0.
size_t Draw(const std::vector<float>& weights, Random& random) {
  double sum = 0;
  for (const float weight : weights) sum += weight;
  if (sum <= 0) return random.Below(weights.size());
  double left = random.Uniform() * sum;
  size_t last = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] <= 0) continue;
    last = i;
    left -= weights[i];
    if (left < 0) break;
  }
  return last;
}

// k-means++: each further start is a row drawn by its squared distance to the nearest start.
FloatMatrix Starts(MatrixView rows, size_t clusters, int threads, Random& random) {
  FloatMatrix centres(clusters, rows.cols);
  const std::vector<float> squares(clusters, 1.0F);
  std::vector<float> nearest(rows.rows, 4.0F);  // no two unit rows are farther apart
  for (size_t k = 0; k < clusters; ++k) {
    std::copy_n(rows.row(Draw(nearest, random)), rows.cols, centres.row(k));
    ParallelFor(rows.rows, threads, [&](size_t i) {
      const float distance = 1.0F + Excess(rows.row(i), centres, squares, k);
      nearest[i] = std::clamp(distance, 0.0F, nearest[i]);
    });
  }
  return centres;
}

// Gives every row its nearest centre; whether any changed.
bool Assign(MatrixView rows, const FloatMatrix& centres, int threads,
            std::vector<int64_t>& labels) {
  std::vector<float> squares(centres.rows());
  for (size_t k = 0; k < squares.size(); ++k)
    squares[k] = RowDot(centres.row(k), centres.row(k), centres.cols());
  const std::vector<int64_t> before = labels;
  ParallelFor(rows.rows, threads, [&](size_t i) {
    float least = std::numeric_limits<float>::infinity();
    for (size_t k = 0; k < squares.size(); ++k) {
      const float excess = Excess(rows.row(i), centres, squares, k);
      if (!(excess < least)) continue;
      least = excess;
      labels[i] = static_cast<int64_t>(k);
    }
  });
  return labels != before;
}

// The clusters that have images, numbered anew in their order.
void Renumber(std::vector<int64_t>& labels, size_t clusters) {
  std::vector<int64_t> numbers(clusters, 0);
  for (const int64_t label : labels) numbers[label] = 1;
  int64_t next = 0;
  for (int64_t& number : numbers) number = number == 0 ? -1 : next++;
  for (int64_t& label : labels) label = numbers[label];
}

// The mean of each cluster's rows, summed in float64 in row order. A cluster without rows keeps its
// centre.
void Recentre(MatrixView rows, const std::vector<int64_t>& labels, int threads,
              FloatMatrix& centres) {
  std::vector<std::vector<size_t>> members(centres.rows());
  for (size_t i = 0; i < labels.size(); ++i) members[labels[i]].push_back(i);
  ParallelFor(centres.rows(), threads, [&](size_t k) {
    if (members[k].empty()) return;
    std::vector<double> sums(rows.cols, 0.0);
    for (const size_t i : members[k]) {
      for (size_t c = 0; c < sums.size(); ++c) sums[c] += rows.row(i)[c];
    }
    const auto count = static_cast<double>(members[k].size());
    for (size_t c = 0; c < sums.size(); ++c)
      centres.row(k)[c] = static_cast<float>(sums[c] / count);
  });
}

}  // namespace

std::vector<int64_t> KMeans(MatrixView unit_rows, const KMeansOptions& options) {
  if (options.clusters < 1 || options.rounds < 1) {
    throw Error(ErrorCode::kConfig,
                {"k-means", fmt::format("{} clusters, {} rounds", options.clusters, options.rounds),
                 "at least one of each", ""});
  }
  RequireFiniteRows(unit_rows, options.threads);
  const auto clusters = static_cast<size_t>(options.clusters);
  Random random(options.seed);
  std::vector<int64_t> labels(unit_rows.rows, -1);
  if (labels.empty()) return labels;
  FloatMatrix centres = Starts(unit_rows, clusters, options.threads, random);
  for (int64_t round = 0;
       Assign(unit_rows, centres, options.threads, labels) && round < options.rounds; ++round) {
    ThrowIfInterrupted();
    Recentre(unit_rows, labels, options.threads, centres);
  }
  Renumber(labels, clusters);
  return labels;
}

}  // namespace bcr
