#pragma once

#include <memory>
#include <string>

namespace bcr {

class RowSource;

// `rows` as they are; reading one with NaN or infinity throws kData, which names `where` and the
// row. No copy is made.
std::shared_ptr<const RowSource> NewCheckedRows(std::shared_ptr<const RowSource> rows,
                                                std::string where);

}  // namespace bcr
