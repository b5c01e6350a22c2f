#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace bcr {

class RowSource;

namespace internal {

struct RowCheckOptions {
  bool refuse_zero_rows = false;
  int threads = 0;  // <= 0: DefaultThreads()
};

struct RowFindings {
  std::string hash;  // of all values as float32, in row order
  float largest_value = 0;
};

// One pass over all rows on several threads: every value finite, no row shorter than 1e-12 where
// asked. Throws kData for the lowest bad row; `name_of` names it. The findings depend neither on
// the thread count nor on how rows are cut into parts: blocks of rows are hashed, then their
// hashes.
RowFindings CheckRows(const RowSource& rows, const RowCheckOptions& options,
                      const std::function<std::string(size_t row)>& name_of);

}  // namespace internal
}  // namespace bcr
