#pragma once

#include <map>
#include <string>

#include "harness/nn/embedder.h"  // FeatureSide
#include "harness/nn/model_input.h"

namespace bcr {

// What the network of a TorchScript file gives, and what it takes.
struct TorchScriptFacts {
  FeatureSide side = FeatureSide::kAfterNeck;
  ModelInput input;     // what the model wants to see
  bool pixels = false;  // the network takes pixels of 0 to 255 and does what `input` says by itself
  std::string note;     // stored as bcreid.json in the file
};

// The bytes of a TorchScript file of the model: images n x 3 x height x width, for any n and on any
// device, to features n x d. Its parameters keep their names; the head is left out. The same model
// gives the same bytes. REQUIRES: a model on the CPU, in evaluation mode and fp32.
std::string TorchScriptOf(Model& model, const TorchScriptFacts& facts);

}  // namespace bcr
