#pragma once

#include <cstddef>
#include <memory>

namespace bcr {

class FittedAdapter;
class RowSource;

// What an adapter costs where it is used.
struct AdapterCost {
  double ms_a_row = 0;      // on one thread of this machine, reading the row not included
  size_t bytes_a_row = 0;   // of a mapped row as float32: what a gallery of mapped rows stores
  size_t bytes_of_map = 0;  // of its arrays
  size_t rows = 0;          // how many were mapped to measure it
};

// Maps up to `most` of the first rows. Before the clock runs, rows mapped alone are compared with
// rows mapped among others, bit by bit: a difference throws kInternal. The time is the median of
// five passes. Throws what Apply throws; kData without rows.
AdapterCost MeasureAdapter(const FittedAdapter& adapter, std::shared_ptr<const RowSource> rows,
                           size_t most = 1024);

}  // namespace bcr
