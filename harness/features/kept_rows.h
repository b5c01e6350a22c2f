#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace bcr {

class RowSource;

// Computes rows `first` to `first + count` of a set and writes them one behind the other to `out`,
// which has room for them. Called from several threads at once, for different rows.
using RowMaker = std::function<void(size_t first, size_t count, float* out)>;

// n x d rows that are computed in blocks when they are first read and then kept: scoring reads a
// gallery once for every block of queries. What was read takes 4 d bytes a row. What `make` throws
// is thrown by the reading; the rows are computed again at the next one.
std::shared_ptr<const RowSource> NewKeptRows(size_t rows, size_t cols, RowMaker make);

}  // namespace bcr
