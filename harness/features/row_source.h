#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "harness/core/matrix.h"

namespace bcr {

// Feature rows that need not lie in memory as one float32 matrix: mapped files of any element type,
// shards end to end, selections of other rows. Immutable; safe to read from several
// threads at once.
class RowSource {
 public:
  virtual ~RowSource() = default;
  virtual size_t rows() const = 0;
  virtual size_t cols() const = 0;

  // Row i as float32, as stored (not normalised). Points either into memory that lives as long as
  // the source, or to `scratch` (room for cols() floats), which it has then filled.
  virtual const float* Row(size_t i, float* scratch) const = 0;
};

// A matrix in memory; the view must outlive the rows.
std::unique_ptr<RowSource> NewMatrixRows(MatrixView matrix);

// Parts of equal width end to end, as one gallery of shards. Throws kData for unequal widths.
std::unique_ptr<RowSource> NewConcatenatedRows(std::vector<std::shared_ptr<const RowSource>> parts);

// The given rows of `source`, in the given order. `source` must outlive them.
std::unique_ptr<RowSource> NewSelectedRows(const RowSource& source, std::vector<uint32_t> rows);

// The first `width` columns of wider rows, zeros behind narrower ones; `source` itself where it has
// that width.
std::shared_ptr<const RowSource> NewRowsOfWidth(std::shared_ptr<const RowSource> source,
                                                size_t width);

}  // namespace bcr
