#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/json.h"

namespace bcr {

struct LabelContext;

// What a label source that clusters says of its clusters in the record: appends to `notes` (a JSON
// array) one object on the labels (-1: outlier) before `epoch` (counted from 0), with their
// agreement with the truth, which serves for reporting alone. Returns the number of clusters. Throws
// kTraining ("collapsed") where there are fewer than two, after the note is taken: `hint` says what
// to change.
int64_t NoteClusters(int epoch, const std::vector<int64_t>& labels, const LabelContext& context,
                     const std::string& hint, Json& notes);

}  // namespace bcr
