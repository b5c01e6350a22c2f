#include "tests/unit/methods/stopped_training.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr::testing {

namespace {

int g_stop_in_epoch = -1;

class Stopper : public Objective {
 public:
  void Compute(const Batch& batch, Terms&) override {
    if (batch.epoch == g_stop_in_epoch)
      throw Error(ErrorCode::kInternal, {"toy", "stopped", "", ""});
  }
};

const ObjectiveInfo& StopperInfo() {
  static const ObjectiveInfo info = {.name = "stopper",
                                     .revision = 1,
                                     .parameters = "{}",
                                     .make = [](JsonReader&) -> std::unique_ptr<Objective> {
                                       return std::make_unique<Stopper>();
                                     }};
  return info;
}

}  // namespace

TrainResult TrainWithAndWithoutStops(ToyJob& toy) {
  toy.plug_ins.objectives.push_back(&StopperInfo());
  toy.job.compatibility.push_back({.objective = "stopper"});
  TrainResult whole = Train(toy.job, toy.plug_ins);
  const TemporaryFolder folder;
  toy.job.checkpoint_file = JoinPath(folder.path(), "checkpoint.safetensors");
  for (int epoch = 1; epoch < toy.job.options.epochs; ++epoch) {
    g_stop_in_epoch = epoch;
    EXPECT_THROW(Train(toy.job, toy.plug_ins), Error);
    EXPECT_TRUE(FileExists(toy.job.checkpoint_file));
  }
  g_stop_in_epoch = -1;
  const TrainResult resumed = Train(toy.job, toy.plug_ins);
  toy.job.checkpoint_file = "";
  ExpectEqualWeights(*whole.model, *resumed.model);
  EXPECT_EQ(whole.history, resumed.history);
  return whole;
}

}  // namespace bcr::testing
