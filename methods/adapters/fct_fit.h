#pragma once

#include <cstddef>

#include "harness/adapt/network_fit.h"

namespace bcr {

class JsonReader;

// The network of forward compatible training with `outputs` outputs, for targets of width `out`, and
// its training: what adapters `fct` and `fastfill` share. Reads mixer, warmup_epochs and what
// ReadTraining reads.
NetworkFit FctFit(size_t in, size_t out, size_t outputs, JsonReader& parameters);

}  // namespace bcr
