#include "harness/core/time_split.h"

#include <utility>

#include "harness/core/progress.h"

namespace bcr {

double TimeSplit::Of(const std::string& kind) const {
  const auto found = seconds_.find(kind);
  return found == seconds_.end() ? 0.0 : found->second;
}

ScopedTime::ScopedTime(TimeSplit& split, std::string kind)
    : split_(split), kind_(std::move(kind)), start_(NowSeconds()) {}

ScopedTime::~ScopedTime() { split_.Add(kind_, NowSeconds() - start_); }

}  // namespace bcr
