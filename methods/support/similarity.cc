#include "methods/support/similarity.h"

#include <ATen/ATen.h>

#include "methods/support/tensor_ops.h"

namespace bcr {

double Dot(const float* a, const float* b, size_t size) {
  double sum = 0;
  for (size_t k = 0; k < size; ++k) sum += static_cast<double>(a[k]) * b[k];
  return sum;
}

FloatMatrix SimilarityBlock(const FloatMatrix& rows, int64_t begin, int64_t end) {
  const at::Tensor all =
      at::from_blob(const_cast<float*>(rows.data()),
                    {static_cast<int64_t>(rows.rows()), static_cast<int64_t>(rows.cols())},
                    at::TensorOptions(at::kFloat));
  return ToMatrix(all.narrow(0, begin, end - begin).matmul(all.t()));
}

}  // namespace bcr
