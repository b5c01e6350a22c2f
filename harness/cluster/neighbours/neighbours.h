#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/core/matrix.h"

namespace bcr {

// The k nearest rows of each row, itself included and forced into slot 0 (also among exact copies);
// the others follow by (similarity descending, row ascending). ids[i * k + t]. Approximate search
// may find fewer: such places at the end of a list hold kNoRow.
struct NeighbourTable {
  static constexpr int32_t kNoRow = -1;
  int k = 0;
  std::vector<int32_t> ids;
  std::vector<float> similarities;  // inner products, same layout
  // The smallest inner product of each row with any row; empty unless it was asked for.
  std::vector<float> least;
  size_t rows() const { return k == 0 ? 0 : ids.size() / k; }
};

struct NeighbourOptions {
  int k = 1;           // length of the lists, the row itself included; capped at the number of rows
  bool least = false;  // whether `least` is filled
  // "exact", or an index of FAISS, e.g. "IVF256,Flat:nprobe=16" or "HNSW32:efSearch=64"
  // (harness/search/approximate.h).
  std::string search = "exact";
  int threads = 0;  // <= 0: all; no bit depends on it
  // Told how many of how many pairs of rows were compared, from the calling thread. May be null.
  std::function<void(int64_t done, int64_t total)> progress;
};

// Nearest neighbours of unit rows (float32 n x d). Exact search compares every pair once and keeps
// blocks of scores only: memory of n x 2k candidates and some 30 MB. A score is one chain of fused
// multiply-adds over ascending columns (harness/eval), so that the result is a function of the rows
// alone, and equal rows tie wherever they stand. Throws kConfig for k < 1 or for `least` beside an
// approximate search, kData for a row that is not finite, and what SearchApproximately throws.
NeighbourTable NearestRows(MatrixView unit_rows, const NeighbourOptions& options);

// What computes exact neighbours, for records: "bcreid, kernels avx512".
std::string NeighbourLibrary();

}  // namespace bcr
