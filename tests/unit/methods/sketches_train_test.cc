// Each sketched method trains inside Train on drawn images beside the usual base learner, and a run
// that is stopped and resumed ends with the same bytes.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/methods/sketches.h"
#include "tests/unit/methods/stopped_training.h"

namespace bcr::testing {
namespace {

// A job with everything that any of the sketches needs: old features, and generated images without
// a label.
struct SketchJob : ToyJob {
  explicit SketchJob(const Sketch& sketch) {
    AddOldModel();
    plug_ins.objectives = objective_table();
    plug_ins.objectives.push_back(&sketch.info);
    job.base.objectives = {{.objective = "identity"}, {.objective = "triplet"}};
    job.compatibility = {{.objective = sketch.name}};
    job.options.epochs = 3;
    if (sketch.name != "MpRL") return;
    for (int64_t row = 0; row < 48; ++row) {
      job.origins.push_back(row >= 40 ? 1 : 0);
      if (row >= 40) job.labels[static_cast<size_t>(row)] = -1;
    }
    job.extra_per_batch = 4;
  }
};

class SketchesTrain : public ::testing::TestWithParam<size_t> {};

TEST_P(SketchesTrain, AndResumeToTheSameBytes) {
  const Sketch& sketch = AllSketches()[GetParam()];
  SketchJob toy(sketch);
  const TrainResult whole = TrainWithAndWithoutStops(toy);
  // It takes part: without it, other weights come out.
  toy.job.compatibility = {};
  const auto trained = whole.model->State(), alone = Train(toy.job, toy.plug_ins).model->State();
  bool differs = false;
  for (const auto& [name, tensor] : trained) differs |= !at::equal(tensor, alone.at(name));
  EXPECT_TRUE(differs) << sketch.name << " changes nothing";
  const Json& last = whole.history.back();
  const std::string moved = sketch.name + ".moved";
  if (last.contains(moved)) {
    EXPECT_GT(last[moved].get<double>(), 0.0) << "its parameters are trained";
  }
}

INSTANTIATE_TEST_SUITE_P(All, SketchesTrain, ::testing::Range(size_t{0}, size_t{7}));

}  // namespace
}  // namespace bcr::testing
