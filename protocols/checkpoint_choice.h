#pragma once

#include <string>

#include "harness/core/json.h"

namespace bcr {

// Which epoch's weights a trained model keeps: two optional keys of a profile (and of its block
// `without_labels`). The values here are those of keys that are absent.
struct CheckpointChoice {
  // last: of the last epoch. validation: of the epoch whose features find the held-out validation people
  // best. test: likewise on the test split, as many public codes do; no profile can ask for it, and a record
  // of it is unofficial (`run --best-on-test`).
  std::string by = "last";
  int every =
      10;  // validation, test: epochs between those that are looked at; the last one always is
};

// Reads `checkpoint` and `checkpoint_every`. Throws kConfig for values out of range, and for an interval
// that decides nothing.
CheckpointChoice ReadCheckpointChoice(JsonReader& reader);
// Both keys with their values.
Json CheckpointChoiceJson(const CheckpointChoice& choice);
// Those whose values are not those of an absent key.
Json GivenCheckpointChoice(const CheckpointChoice& choice);

}  // namespace bcr
