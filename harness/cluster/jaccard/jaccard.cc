#include "harness/cluster/jaccard/jaccard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/cluster/jaccard/jaccard_edges.h"
#include "harness/cluster/jaccard/reciprocal_encoding.h"
#include "harness/core/error.h"
#include "harness/core/interrupt.h"

namespace bcr {
namespace {

void CheckOptions(const JaccardOptions& options) {
  if (options.k1 >= 1 && options.k2 >= 1 && options.max_distance >= 0.0F &&
      options.max_distance < 1.0F)
    return;
  throw Error(ErrorCode::kConfig,
              {"Jaccard distance",
               fmt::format("k1 = {}, k2 = {}, largest distance {}", options.k1, options.k2,
                           options.max_distance),
               "k1 and k2 of at least 1, a largest distance in [0, 1)",
               "Pairs without a shared neighbour have distance 1 and are never listed"});
}

}  // namespace

const std::vector<std::string>& JaccardVariantNames() {
  static const std::vector<std::string> names = {"faiss", "mmt", "classic"};
  return names;
}

NeighbourOptions NeighboursFor(const JaccardOptions& options) {
  CheckOptions(options);
  const bool faiss = options.variant == JaccardVariant::kFaiss;
  NeighbourOptions neighbours;
  neighbours.k = faiss ? options.k1 : std::max(options.k1 + 1, options.k2);
  neighbours.least = !faiss;
  neighbours.search = options.search;
  neighbours.threads = options.threads;
  neighbours.progress = options.progress;
  return neighbours;
}

SparseGraph KReciprocalJaccard(MatrixView unit_rows, const NeighbourTable& table,
                               const JaccardOptions& options) {
  CheckOptions(options);
  const bool faiss = options.variant == JaccardVariant::kFaiss;
  const int width = std::min(faiss ? options.k1 : options.k1 + 1, table.k);
  ThrowIfInterrupted();
  SparseRows rows = EncodeRows(
      unit_rows, table,
      ExpandedSets(table, width, HalfListLength(options.k1, width), options.threads), options);
  if (options.k2 > 1) rows = AverageRows(rows, table, options.k2, options.threads);
  ThrowIfInterrupted();
  return JaccardEdges(rows, options.max_distance, options.threads);
}

SparseGraph KReciprocalJaccard(MatrixView unit_rows, const JaccardOptions& options) {
  return KReciprocalJaccard(unit_rows, NearestRows(unit_rows, NeighboursFor(options)), options);
}

bool IsJaccardAtom(float eps, int k2) {
  for (int shared = 1; shared < k2; ++shared) {
    const double atom = 2.0 * (k2 - shared) / (2.0 * k2 - shared);
    if (std::abs(atom - static_cast<double>(eps)) < 1e-6) return true;
  }
  return false;
}

}  // namespace bcr
