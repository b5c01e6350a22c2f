#include "harness/run/as_error.h"

#include <new>

namespace bcr {

Error AsError(const std::exception& failure, const std::string& where) {
  if (const auto* own = dynamic_cast<const Error*>(&failure)) return *own;
  if (dynamic_cast<const std::bad_alloc*>(&failure) != nullptr) {
    return {ErrorCode::kInternal,
            {where, "no memory left", "a machine with more",
             "A smaller extraction batch needs less (--set profile.extraction.batch_size=...)."}};
  }
  return {ErrorCode::kInternal, {where, failure.what(), "no internal error", "Please report it."}};
}

}  // namespace bcr
