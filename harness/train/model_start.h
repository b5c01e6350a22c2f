#pragma once

#include <memory>

#include "harness/nn/model.h"

namespace bcr {

struct TrainJob;

// The model as training begins with it: drawn weights, a file's backbone or another model's weights
// in their place (the head is always drawn), on the job's device, in its precision.
std::unique_ptr<Model> StartModel(const TrainJob& job);

}  // namespace bcr
