#pragma once

#include <memory>

#include "harness/core/matrix.h"

namespace bcr {

class RowSource;

// y = W x + b, where x is divided by its length first if asked.
struct AffineMap {
  const FloatMatrix& weights;           // W: d_out x d_in
  const FloatMatrix* offset = nullptr;  // b: 1 x d_out; null for none
  bool unit_rows = false;
};

// The mapped rows of `source` (n x d_in), computed when they are first read and then kept
// (harness/features/kept_rows.h). A mapped row depends on its own values alone: identical rows have
// identical images, whatever their place, the reading order and the number of threads. Sums are
// float32, in ascending column order. Copies what it needs of `map`.
//
// Reading throws kData for a row that has no direction (unit_rows) or whose image is not finite.
std::shared_ptr<const RowSource> NewAffineRows(const AffineMap& map,
                                               std::shared_ptr<const RowSource> source);

}  // namespace bcr
