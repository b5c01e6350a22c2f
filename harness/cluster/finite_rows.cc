#include "harness/cluster/finite_rows.h"

#include <fmt/format.h>

#include "harness/cluster/row_loop.h"
#include "harness/core/error.h"
#include "harness/eval/product/kernels.h"

namespace bcr {
void RequireFiniteRows(MatrixView rows, int threads) {
  ForEachRow(rows.rows, threads, [&](size_t i) {
    if (BestKernels().all_finite(rows.row(i), rows.cols)) return;
    throw Error(ErrorCode::kData,
                {fmt::format("features, row {}", i), "a value that is not finite",
                 "finite features", "The model has diverged or the feature file is damaged"});
  });
}

}  // namespace bcr
