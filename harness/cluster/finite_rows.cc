#include "harness/cluster/finite_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/core/parallel.h"
#include "harness/eval/product/kernels.h"

namespace bcr {
namespace {

constexpr size_t kTaskRows = 256;

}  // namespace

void RequireFiniteRows(MatrixView rows, int threads) {
  ParallelFor((rows.rows + kTaskRows - 1) / kTaskRows, threads, [&](size_t task) {
    for (size_t i = task * kTaskRows; i < std::min(rows.rows, (task + 1) * kTaskRows); ++i) {
      if (BestKernels().all_finite(rows.row(i), rows.cols)) continue;
      throw Error(ErrorCode::kData,
                  {fmt::format("features, row {}", i), "a value that is not finite",
                   "finite features", "The model has diverged or the feature file is damaged"});
    }
  });
}

}  // namespace bcr
