#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/matrix.h"

namespace bcr {

// The k nearest rows of each row, itself included and forced into slot 0 (also among exact copies);
// the others follow by (similarity descending, row ascending). ids[i * k + t].
struct NeighbourTable {
  int k = 0;
  std::vector<int32_t> ids;
  std::vector<float> similarities;  // inner products, same layout
  size_t rows() const { return k == 0 ? 0 : ids.size() / k; }
};

// Exact search over unit rows (float32 n x d), in query blocks, so memory stays bounded. FAISS
// proposes candidates; one fixed kernel (RowDot) scores and orders them, and rows whose candidates
// are too close to call are searched in full. The result is a function of the rows alone: threads
// (<= 0: all) and FAISS's own blocking do not change a bit. k is capped at the number of rows.
// Throws kConfig for k < 1 and kData for a row that is not finite.
NeighbourTable NearestRows(MatrixView unit_rows, int k, int threads);

std::string NeighbourLibrary();  // "FAISS 1.7.3"

}  // namespace bcr
