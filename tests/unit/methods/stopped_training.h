#pragma once

#include "tests/unit/train/toy_job.h"

namespace bcr::testing {

// Trains the job (two epochs or more, not yet with a checkpoint) to its end, and once more with a stop
// in each epoch but the first, after which it is resumed; both must give the same weights and history.
// Adds an objective of its own, which stops it. Returns the undisturbed run.
TrainResult TrainWithAndWithoutStops(ToyJob& toy);

}  // namespace bcr::testing
