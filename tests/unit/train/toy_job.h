#pragma once

#include "harness/train/trainer.h"
#include "tests/unit/train/toy_images.h"

namespace bcr::testing {

// A training job on drawn images that takes a fraction of a second: six identities, eight images
// each, batches of 4 x 4, four epochs. Base objectives and plug-ins are left to the test.
struct ToyJob {
  ToyImages images{6};
  TrainPlugIns plug_ins;
  TrainJob job;
  explicit ToyJob(int threads = 1);
  // An earlier model with drawn features as wide as the new model's, and with classes in common.
  void AddOldModel(const std::string& name = "old");
};

void ExpectEqualWeights(Model& a, Model& b);

}  // namespace bcr::testing
