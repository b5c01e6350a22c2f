#include "harness/judge/row_width.h"

#include <fmt/format.h>

#include "harness/core/error.h"

namespace bcr {

std::shared_ptr<const RowSource> InWidth(std::shared_ptr<const RowSource> rows, size_t width,
                                         const std::string& policy, const std::string& flag) {
  const size_t own = rows->cols();
  if (own == width) return rows;
  if (policy == (own > width ? "truncate" : "pad")) {
    return NewRowsOfWidth(std::move(rows), width);
  }
  const char* fitting = own > width ? "truncate" : "pad";
  throw Error(
      ErrorCode::kData,
      {fmt::format("{} (--widths {})", flag, policy), fmt::format("width {}", own),
       fmt::format("width {}, that of the older model", width),
       fmt::format("Score with --widths {} where the models were trained for it.", fitting)});
}

}  // namespace bcr
