#pragma once

#include <algorithm>
#include <cstddef>

#include "harness/core/parallel.h"

namespace bcr {

// Calls body(i) for every row, each once; a thread takes 256 rows at a time. As ParallelFor, a body
// must write only to places that belong to its row.
template <typename Body>
void ForEachRow(size_t rows, int threads, const Body& body) {
  constexpr size_t kRowsATask = 256;
  ParallelFor((rows + kRowsATask - 1) / kRowsATask, threads, [&](size_t task) {
    const size_t end = std::min(rows, (task + 1) * kRowsATask);
    for (size_t i = task * kRowsATask; i < end; ++i) body(i);
  });
}

}  // namespace bcr
