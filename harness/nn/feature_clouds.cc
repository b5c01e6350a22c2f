#include "harness/nn/feature_clouds.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "harness/core/error.h"

namespace bcr {

namespace {

constexpr int64_t kQueriesAtOnce = 256;

at::Tensor View(const FloatMatrix& rows) {
  return at::from_blob(const_cast<float*>(rows.data()),
                       {static_cast<int64_t>(rows.rows()), static_cast<int64_t>(rows.cols())},
                       at::kFloat);
}

struct Gaussian {
  at::Tensor mean, covariance;  // d, d x d, float64
  explicit Gaussian(const FloatMatrix& features) {
    const at::Tensor rows = View(features).to(at::kDouble);
    mean = rows.mean(0);
    const at::Tensor centred = rows - mean;
    covariance = centred.t().matmul(centred) / static_cast<double>(rows.size(0) - 1);
  }
};

// Of a symmetric matrix without negative eigenvalues; rounding may give it some, which are taken as 0.
at::Tensor Root(const at::Tensor& symmetric) {
  const auto [values, vectors] = at::linalg_eigh(symmetric);
  return (vectors * values.clamp_min(0).sqrt()).matmul(vectors.t());
}

at::Tensor Unit(const at::Tensor& rows) { return rows / rows.norm(2, 1, true).clamp_min(1e-12); }

}  // namespace

double FrechetDistance(const FloatMatrix& a, const FloatMatrix& b) {
  BCR_CHECK(a.rows() > 1 && b.rows() > 1 && a.cols() == b.cols(), "two sets of alike features");
  const Gaussian one(a), other(b);
  const at::Tensor root = Root(one.covariance);
  // The eigenvalues of C_a^(1/2) C_b C_a^(1/2) are those of C_a C_b, and it is symmetric.
  const at::Tensor product = root.matmul(other.covariance).matmul(root);
  const at::Tensor shared = at::linalg_eigvalsh(product).clamp_min(0).sqrt().sum();
  const at::Tensor distance = (one.mean - other.mean).square().sum() + one.covariance.trace() +
                              other.covariance.trace() - 2 * shared;
  return std::max(0.0, distance.item<double>());
}

std::vector<std::vector<NearestRow>> NearestRows(const FloatMatrix& query,
                                                 const FloatMatrix& gallery, size_t k) {
  BCR_CHECK(k <= gallery.rows() && query.cols() == gallery.cols(), "k rows of alike features");
  const at::Tensor queries = Unit(View(query)), rows = Unit(View(gallery));
  std::vector<std::vector<NearestRow>> nearest;
  for (int64_t first = 0; first < queries.size(0); first += kQueriesAtOnce) {
    const int64_t count = std::min(kQueriesAtOnce, queries.size(0) - first);
    const at::Tensor scores = queries.narrow(0, first, count).matmul(rows.t());
    const at::Tensor order = scores.argsort(/*stable=*/true, /*dim=*/1, /*descending=*/true)
                                 .narrow(1, 0, static_cast<int64_t>(k))
                                 .contiguous();
    const at::Tensor values = scores.gather(1, order).contiguous();
    for (int64_t i = 0; i < count; ++i) {
      nearest.emplace_back();
      for (int64_t j = 0; j < static_cast<int64_t>(k); ++j) {
        const int64_t at = i * static_cast<int64_t>(k) + j;
        nearest.back().push_back({static_cast<size_t>(order.const_data_ptr<int64_t>()[at]),
                                  values.const_data_ptr<float>()[at]});
      }
    }
  }
  return nearest;
}

}  // namespace bcr
