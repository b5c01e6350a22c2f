#pragma once

#include "harness/core/json.h"
#include "harness/nn/model.h"
#include "harness/train/trainer.h"

namespace bcr {

// Canonical JSON of what decides a trained model, for content keys and records.
Json SpecJson(const ModelSpec& spec);
Json OptionsJson(const TrainOptions& options);
// Adds a recipe's augmenters (parameters complete) to what OptionsJson gives.
void AddAugmenters(const std::vector<AugmenterUse>& uses,
                   const std::vector<const AugmenterInfo*>& table, Json& options);

}  // namespace bcr
