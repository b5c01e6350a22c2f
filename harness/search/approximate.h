#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bcr {

class RowSource;

// The k nearest gallery rows of each query, nearest first; rows[q * k + t], -1 where a search
// returned fewer.
struct NearestLists {
  int k = 0;
  std::vector<int64_t> rows;
  size_t queries() const { return k == 0 ? 0 : rows.size() / static_cast<size_t>(k); }
};

struct ApproximateOptions {
  int k = 100;                // depth of the returned lists; capped at the gallery size
  int threads = 0;            // for searching; 0: all usable cores. No bit depends on it.
  size_t train_rows = 65536;  // at most this many gallery rows, evenly spread, train the index
};

// Trains a faiss::index_factory index (`index`: "Flat", "IVF256,Flat", "HNSW32",
// "OPQ16,IVF64,PQ16",
// ..., behind a colon what FAISS's ParameterSpace sets for searching: "IVF256,Flat:nprobe=16",
// "HNSW32:efSearch=64") on the gallery, adds it, and searches every query: inner products of rows
// normalised here. Deterministic: FAISS's own seeds are fixed; training and adding run on one
// thread (graphs built by several depend on their timing), searching in blocks of constant size.
// Equal distances come in row order as far as FAISS returned them.
//
// Memory: the index (for Flat kinds gallery x width x 4 bytes; for IVF..,PQ.. its codes), the
// training rows, and blocks of a few thousand rows.
//
// Throws kUsage for an index string or parameter FAISS does not know or that does not fit the width
// or inner products; kData for too few rows to train it (says how many it needs), unequal widths,
// or rows without a direction.
NearestLists SearchApproximately(const std::string& index, const RowSource& query,
                                 const RowSource& gallery, const ApproximateOptions& options);

// Throws where SearchApproximately could not work at all, before anything is computed for it: the
// full build loads FAISS from a library of its own when it is asked for (harness/app).
void RequireSearchEngine();

// The exact lists by (score, gallery row), from the scores every exact figure rests on. Memory: one
// block of block_mb and the lists.
NearestLists SearchExactly(const RowSource& query, const RowSource& gallery, int k, int block_mb,
                           int threads);

}  // namespace bcr
