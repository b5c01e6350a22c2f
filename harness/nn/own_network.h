#pragma once

#include <memory>
#include <nlohmann/json.hpp>  // OwnNetwork holds a Json by value
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/nn/model.h"
#include "harness/nn/model_input.h"
#include "harness/nn/weights.h"

namespace bcr {

struct ModelReference;

// A network of ours with trained weights, by FOLDER or BACKBONE=FILE (foreign_model.h).
struct OwnNetwork {
  std::shared_ptr<Model> model;    // on the CPU, in evaluation mode
  ModelInput input;                // what it wants to see; its size is the model's
  std::string hash;                // of the file that holds the weights
  Json facts;                      // what else decides its features, beside the side of the neck
  std::vector<std::string> notes;  // for people: what was guessed, what is left out
};

// REQUIRES: a reference of one of these two kinds. Throws kMissing, kData and kConfig.
OwnNetwork OpenOwnNetwork(const ModelReference& reference, PartialLoad partial);

}  // namespace bcr
