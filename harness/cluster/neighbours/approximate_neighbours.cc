#include "harness/cluster/neighbours/approximate_neighbours.h"

#include <algorithm>

#include "harness/cluster/neighbours/candidate_lists.h"
#include "harness/cluster/row_dot.h"
#include "harness/cluster/row_loop.h"
#include "harness/core/error.h"
#ifdef BCR_WITH_SEARCH
#include "harness/features/row_source.h"
#include "harness/search/approximate.h"
#endif

namespace bcr {

#ifdef BCR_WITH_SEARCH

namespace {

// What the search found for row i, without the row itself and in our order.
std::vector<Candidate> Found(MatrixView rows, const NearestLists& lists, size_t i) {
  std::vector<Candidate> found;
  const auto k = static_cast<size_t>(lists.k);
  for (size_t t = 0; t < k; ++t) {
    const int64_t row = lists.rows[i * k + t];
    if (row < 0 || row == static_cast<int64_t>(i)) continue;
    const float similarity = RowDot(rows.row(i), rows.row(static_cast<size_t>(row)), rows.cols);
    found.push_back({similarity, static_cast<int32_t>(row)});
  }
  std::sort(found.begin(), found.end(), Nearer);
  return found;
}

}  // namespace

NeighbourTable ApproximateNeighbours(MatrixView unit_rows, const NeighbourOptions& options) {
  if (options.least) {
    throw Error(ErrorCode::kConfig,
                {"neighbours", "the approximate search `" + options.search + "`", "exact search",
                 "Distances are divided by that to the farthest image here, which only an exact "
                 "search knows."});
  }
  const auto rows = NewMatrixRows(unit_rows);
  const NearestLists lists = SearchApproximately(options.search, *rows, *rows,
                                                 {.k = options.k, .threads = options.threads});
  NeighbourTable table;
  table.k = lists.k;
  const auto k = static_cast<size_t>(table.k);
  table.ids.assign(unit_rows.rows * k, NeighbourTable::kNoRow);
  table.similarities.assign(unit_rows.rows * k, 0.0F);
  ForEachRow(unit_rows.rows, options.threads, [&](size_t i) {
    table.ids[i * k] = static_cast<int32_t>(i);
    table.similarities[i * k] = RowDot(unit_rows.row(i), unit_rows.row(i), unit_rows.cols);
    const std::vector<Candidate> found = Found(unit_rows, lists, i);
    for (size_t t = 0; t < std::min(found.size(), k - 1); ++t) {
      table.ids[i * k + 1 + t] = found[t].row;
      table.similarities[i * k + 1 + t] = found[t].similarity;
    }
  });
  return table;
}

#else

NeighbourTable ApproximateNeighbours(MatrixView, const NeighbourOptions& options) {
  throw Error(ErrorCode::kUsage,
              {"neighbours", "the approximate search `" + options.search + "`",
               "exact search in a build without FAISS", "Build with -DBCR_WITH_SEARCH=ON."});
}

#endif

}  // namespace bcr
