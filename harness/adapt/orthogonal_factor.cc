#include "harness/adapt/orthogonal_factor.h"

#include <fmt/format.h>

#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/adapt/eigen_blocks.h"
#include "harness/core/error.h"

namespace bcr {
namespace {

using Matrix = Eigen::MatrixXd;
using Svd = Eigen::BDCSVD<Matrix>;
using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Index RankOf(const Eigen::VectorXd& values, const Matrix& m) {
  const double least = values[0] * static_cast<double>(std::max(m.rows(), m.cols())) *
                       std::numeric_limits<double>::epsilon();
  Eigen::Index rank = 0;
  while (rank < values.size() && values[rank] > least) ++rank;
  return rank;
}

// U1 V1^T of the directions that M has; between the two spaces it does not reach, the orthogonal
// matrix nearest to what the identity does there.
Matrix Completed(const Matrix& m, Eigen::Index rank) {
  const Svd svd(m, Eigen::ComputeFullU | Eigen::ComputeFullV);
  const Matrix u = svd.matrixU(), v = svd.matrixV();
  const Matrix u0 = u.rightCols(m.rows() - rank), v0 = v.rightCols(m.cols() - rank);
  const Matrix rest = u0.transpose() * Matrix::Identity(m.rows(), m.cols()) * v0;
  const Svd between(rest, Eigen::ComputeThinU | Eigen::ComputeThinV);
  Matrix q = u.leftCols(rank) * v.leftCols(rank).transpose();
  q.noalias() += u0 * (between.matrixU() * between.matrixV().transpose()) * v0.transpose();
  return q;
}

// A wrong factor would only show as poor accuracy: it is checked each time.
void RequireSolution(const Matrix& m, const Matrix& q, double nuclear_norm) {
  const Matrix gram = q.rows() >= q.cols() ? Matrix(q.transpose() * q) : Matrix(q * q.transpose());
  const double skew = (gram - Matrix::Identity(gram.rows(), gram.cols())).cwiseAbs().maxCoeff();
  const double missing = std::abs(q.cwiseProduct(m).sum() - nuclear_norm);
  if (skew < 1e-9 && missing <= 1e-9 * nuclear_norm) return;
  throw Error(ErrorCode::kInternal,
              {"singular value decomposition",
               fmt::format("an error of {:.1e} in its orthogonality and {:.1e} in its trace", skew,
                           missing / nuclear_norm),
               "errors below 1e-9", "Please report it with the processor's name."});
}

}  // namespace

OrthogonalFactor NearestOrthogonal(const std::vector<double>& m, size_t rows, size_t cols) {
  BCR_CHECK(m.size() == rows * cols && !m.empty(), "a matrix of another shape");
  PinEigenBlocks();
  const Matrix matrix = Eigen::Map<const RowMatrix>(m.data(), static_cast<Eigen::Index>(rows),
                                                    static_cast<Eigen::Index>(cols));
  const Svd svd(matrix, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const Eigen::Index rank = RankOf(svd.singularValues(), matrix);
  const Matrix q = rank == svd.singularValues().size()
                       ? Matrix(svd.matrixU() * svd.matrixV().transpose())
                       : Completed(matrix, rank);
  OrthogonalFactor factor;
  factor.rank = static_cast<size_t>(rank);
  factor.nuclear_norm = svd.singularValues().sum();
  RequireSolution(matrix, q, factor.nuclear_norm);
  factor.matrix.resize(m.size());
  Eigen::Map<RowMatrix>(factor.matrix.data(), q.rows(), q.cols()) = q;
  return factor;
}

}  // namespace bcr
