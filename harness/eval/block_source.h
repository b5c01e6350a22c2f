#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "harness/core/matrix.h"
#include "harness/eval/scorer.h"
#include "harness/features/row_source.h"

namespace bcr {

// Scores wanted ahead of the stream: out[i * gallery_rows.size() + j] is that of query_rows[i] and
// gallery_rows[j].
struct RowGroup {
  std::vector<uint32_t> query_rows;
  std::vector<uint32_t> gallery_rows;
  float* out = nullptr;
};

// Streams similarities (larger is nearer) of query rows against gallery rows, block by block, to
// whoever counts. A score's bits depend on its two rows alone: not on the block it is asked in, its
// place there, the thread count or the cut of shards.
class BlockSource {
 public:
  virtual ~BlockSource() = default;
  virtual size_t queries() const = 0;
  virtual size_t gallery() const = 0;

  // Queries that the source can keep prepared from one Fill to the next: a stream that asks for
  // more in one range pays for preparing them again.
  virtual size_t query_band() const { return queries(); }

  // Whether every score is sure to be finite, so that nobody has to look.
  virtual bool finite() const { return false; }

  // Fills out[(q - q_begin) * (g_end - g_begin) + (g - g_begin)] for the given half-open ranges.
  // threads <= 0: all usable cores.
  virtual void Fill(size_t q_begin, size_t q_end, size_t g_begin, size_t g_end, int threads,
                    float* out) = 0;

  // Fills every group, bit for bit what Fill gives: scores known to matter before the stream
  // reaches them. This default calls Fill on runs of consecutive rows; a source that can gather
  // should override it.
  virtual void FillGroups(std::span<const RowGroup> groups, int threads);
};

// Scores on the CPU, each one chain of fused multiply-adds over ascending columns, so that its bits
// follow from its two rows by construction. cosine: the inner product of the rows as NormalizeRows
// leaves them; euclidean: minus the sum of squared differences, which cannot cancel as the
// expansion |q|^2 + |g|^2 - 2qg does (float32 loses neighbours closer than about 1e-7 |q|^2 there).
//
// Works on zero-padded panels of constant shape, threads over panels. Rows are converted, checked
// and normalised as they are packed; nothing of the gallery is kept. The kernels are our own
// (kernels.h): the sgemm of common BLAS libraries rounds differently at different places of a tile
// on some CPUs. All arguments must outlive the source; the indexes only name images in errors.
// Throws kData for unequal widths, and from Fill for rows that are not finite or (cosine) shorter
// than 1e-12, naming side and row.
std::unique_ptr<BlockSource> NewCpuBlockSource(const RowSource& query, const RowSource& gallery,
                                               Distance distance,
                                               const FeatureIndex* query_index = nullptr,
                                               const FeatureIndex* gallery_index = nullptr);

// As above, plain inner products of the rows as they are. No row is too short for it.
std::unique_ptr<BlockSource> NewCpuInnerProducts(const RowSource& query, const RowSource& gallery);

// A given matrix of distances (Q x G), negated: published vectors test the production counter
// through this. Throws kData for a distance that is not finite, naming row and column.
std::unique_ptr<BlockSource> NewDistanceBlockSource(MatrixView distances);

}  // namespace bcr
