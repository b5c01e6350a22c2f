#include "harness/core/time_split.h"

#include <utility>

#include "harness/core/progress.h"

namespace bcr {

ScopedTime::ScopedTime(TimeSplit& split, std::string kind)
    : split_(split), kind_(std::move(kind)), start_(NowSeconds()) {}

ScopedTime::~ScopedTime() { split_.Add(kind_, NowSeconds() - start_); }

}  // namespace bcr
