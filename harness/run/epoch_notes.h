#pragma once

#include "harness/core/json.h"

namespace bcr {

// A model's epochs as its record keeps them: [{"epoch": 1, "learning_rate": 0.01, "figures":
// {"name": mean, ...}}, ...], from the history of its training (TrainResult::history). Numbers are
// rounded to six significant digits, so that records stay small. What is no list of epochs, as where
// a store of another version wrote it, gives an empty list.
Json EpochNotes(const Json& history);

}  // namespace bcr
