#pragma once

#include "harness/core/json.h"
#include "harness/nn/model.h"
#include "harness/train/trainer.h"

namespace bcr {

// Canonical JSON of what decides a trained model, for content keys and records.
Json SpecJson(const ModelSpec& spec);
Json OptionsJson(const TrainOptions& options);

}  // namespace bcr
