#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "harness/core/matrix.h"

namespace bcr {

// Streams similarities (larger is nearer) of query rows against gallery rows, block by block, to
// whoever counts. A score's bits depend on its two rows alone: not on the block it is asked in, its
// place there, the thread count or the cut of shards.
class BlockSource {
 public:
  virtual ~BlockSource() = default;
  virtual size_t queries() const = 0;
  virtual size_t gallery() const = 0;

  // Fills out[(q - q_begin) * (g_end - g_begin) + (g - g_begin)] for the given half-open ranges.
  // threads <= 0: all usable cores.
  virtual void Fill(size_t q_begin, size_t q_end, size_t g_begin, size_t g_end, int threads,
                    float* out) = 0;

  // Fills out[i * gallery_rows.size() + j] with the score of query_rows[i] and gallery_rows[j], bit
  // for bit what Fill gives. Serves scores known to matter before the stream reaches them. This
  // default calls Fill on runs of consecutive rows; a source that can gather should override it.
  virtual void FillRows(const std::vector<uint32_t>& query_rows,
                        const std::vector<uint32_t>& gallery_rows, int threads, float* out);
};

// Inner products on the CPU, each one chain of fused multiply-adds over ascending columns, so that
// a score's bits follow from its two rows by construction. Works on zero-padded panels of constant
// shape, threads over panels. The kernels are our own (kernels.h): the sgemm of common BLAS
// libraries rounds differently at different places of a tile on some CPUs. The views must outlive
// the source; rows are used as given (normalise first for cosine). Throws kData for unequal widths.
std::unique_ptr<BlockSource> NewCpuBlockSource(MatrixView query, MatrixView gallery);

// A given matrix of distances (Q x G), negated: published vectors test the production counter
// through this. Throws kData for a distance that is not finite, naming row and column.
std::unique_ptr<BlockSource> NewDistanceBlockSource(MatrixView distances);

}  // namespace bcr
