#pragma once

#include "harness/plan/request.h"

namespace bcr {

// The generated tables and embedded recipes of this binary: the one place that knows them all.
PlugIns AllPlugIns();

}  // namespace bcr
