#include "harness/adapt/pair_moments.h"

#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "harness/adapt/adapted_row.h"
#include "harness/adapt/eigen_blocks.h"
#include "harness/adapt/fit_data.h"
#include "harness/core/error.h"
#include "harness/core/parallel.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Both are part of the result's rounding: constants, whatever the thread count.
constexpr size_t kBlockRows = 256;
constexpr Eigen::Index kStrip = 64;  // columns of `from`: one task

// One of the two models.
struct Side {
  const RowSource& rows;
  const char* name;
  const std::vector<double>& mean;
};

// Row `row` in float64, of unit length where asked, minus the mean.
void Prepare(const Side& side, size_t row, bool unit, float* scratch, double* out) {
  const size_t width = side.rows.cols();
  const float* const values = side.rows.Row(row, scratch);
  const double length = unit ? RowLength(values, width) : 1.0;
  if (!(length >= kShortestRow)) RefuseRowToFit(row, side.name);
  for (size_t j = 0; j < width; ++j) out[j] = values[j] / length - side.mean[j];
}

// The numbers of the rows to use, from `next` on; `next` becomes the row after the last one.
std::vector<size_t> NextBlock(const FitData& data, size_t& next) {
  std::vector<size_t> rows;
  for (; next < data.from->rows() && rows.size() < kBlockRows; ++next) {
    if (data.Uses(next)) rows.push_back(next);
  }
  return rows;
}

void Fill(const Side& side, const std::vector<size_t>& rows, bool unit, int threads,
          RowMatrix& block) {
  block.resize(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(side.rows.cols()));
  ParallelFor(rows.size(), threads, [&](size_t i) {
    std::vector<float> scratch(side.rows.cols());
    Prepare(side, rows[i], unit, scratch.data(), block.row(static_cast<Eigen::Index>(i)).data());
  });
}

// Calls use(from, to) with the prepared rows of every block, in row order.
template <typename Use>
void ForBlocks(const FitData& data, bool unit, const PairMoments& sums, const Use& use) {
  const Side from{*data.from, kModelToMap, sums.mean_from};
  const Side to{*data.to, kModelToMapTo, sums.mean_to};
  RowMatrix x, y;
  size_t next = 0;
  while (true) {
    const std::vector<size_t> rows = NextBlock(data, next);
    if (rows.empty()) return;
    Fill(from, rows, unit, data.threads, x);
    Fill(to, rows, unit, data.threads, y);
    use(x, y);
  }
}

void AddRows(const RowMatrix& block, std::vector<double>& sums) {
  for (Eigen::Index i = 0; i < block.rows(); ++i) {
    const double* const row = block.row(i).data();
    for (size_t j = 0; j < sums.size(); ++j) sums[j] += row[j];
  }
}

double SumOfSquares(const RowMatrix& block) {
  double sum = 0;
  for (Eigen::Index i = 0; i < block.size(); ++i) sum += block.data()[i] * block.data()[i];
  return sum;
}

void SetMeans(const FitData& data, bool unit, PairMoments& sums) {
  std::vector<double> from(data.from->cols(), 0.0), to(data.to->cols(), 0.0);
  ForBlocks(data, unit, sums, [&](const RowMatrix& x, const RowMatrix& y) {
    sums.rows += static_cast<size_t>(x.rows());
    AddRows(x, from);
    AddRows(y, to);
  });
  for (double& value : from) value /= static_cast<double>(sums.rows);
  for (double& value : to) value /= static_cast<double>(sums.rows);
  sums.mean_from = std::move(from);
  sums.mean_to = std::move(to);
  sums.rows = 0;
}

}  // namespace

PairMoments SumPairs(const FitData& data, const MomentOptions& options) {
  PinEigenBlocks();
  const auto width_in = static_cast<Eigen::Index>(data.from->cols());
  const auto width_out = static_cast<Eigen::Index>(data.to->cols());
  PairMoments sums;
  sums.mean_from.assign(data.from->cols(), 0.0);
  sums.mean_to.assign(data.to->cols(), 0.0);
  if (options.centre) SetMeans(data, options.unit_rows, sums);
  sums.cross.assign(data.from->cols() * data.to->cols(), 0.0);
  Eigen::Map<RowMatrix> cross(sums.cross.data(), width_in, width_out);
  const auto strips = static_cast<size_t>((width_in + kStrip - 1) / kStrip);
  ForBlocks(data, options.unit_rows, sums, [&](const RowMatrix& x, const RowMatrix& y) {
    sums.rows += static_cast<size_t>(x.rows());
    sums.square_from += SumOfSquares(x);
    sums.square_to += SumOfSquares(y);
    ParallelFor(strips, data.threads, [&](size_t strip) {
      const Eigen::Index begin = static_cast<Eigen::Index>(strip) * kStrip;
      const Eigen::Index count = std::min(kStrip, width_in - begin);
      cross.middleRows(begin, count).noalias() += x.middleCols(begin, count).transpose() * y;
    });
  });
  return sums;
}

FloatMatrix MeanOffset(const PairMoments& sums, const FloatMatrix& weights) {
  FloatMatrix offset(1, weights.rows());
  for (size_t j = 0; j < weights.rows(); ++j) {
    double value = sums.mean_to[j];
    for (size_t k = 0; k < weights.cols(); ++k) value -= weights.row(j)[k] * sums.mean_from[k];
    offset.row(0)[j] = static_cast<float>(value);
  }
  return offset;
}

}  // namespace bcr
