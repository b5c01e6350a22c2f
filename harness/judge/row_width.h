#pragma once

#include <memory>
#include <string>

#include "harness/features/row_source.h"

namespace bcr {

// Rows of a newer model as compared with rows of width `width` of an older one, by `policy`:
// `truncate` keeps the first columns of wider rows, `pad` adds zeros to narrower ones, `equal` asks
// for equal widths. Rows that have the width already are returned as they are. Throws kData where
// the policy does not serve, naming `flag`.
std::shared_ptr<const RowSource> InWidth(std::shared_ptr<const RowSource> rows, size_t width,
                                         const std::string& policy, const std::string& flag);

}  // namespace bcr
