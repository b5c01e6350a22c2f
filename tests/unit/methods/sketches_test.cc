// The interface carries the methods that are planned: each sketch prepares, computes, updates and
// survives a resume.
#include "tests/unit/methods/sketches.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/unit/methods/batch_maker.h"

namespace bcr::testing {
namespace {

void Begin(Objective& objective, const Scene& scene, int epoch) {
  EpochStart start;
  start.epoch = epoch;
  start.features = [&scene]() -> const FloatMatrix& { return scene.current; };
  start.features_of = [&scene](const std::string&) -> const FloatMatrix& {
    return scene.old_model.features;
  };
  objective.BeginEpoch(start);
}

// The sum of an objective's terms on a batch, after its Transform; 0 where it has none.
double Step(Objective& objective, const Scene& scene, uint64_t seed) {
  Batch batch;
  FillBatch(scene, RandomValues(scene, seed), true, batch);
  const at::Tensor origins = at::arange(batch[Slot::kRows].size(0), at::kLong).remainder(2);
  batch.Set(Slot::kOrigin, origins);
  objective.Transform(batch);
  Terms terms;
  objective.Compute(batch, terms);
  double sum = 0;
  for (size_t i = 0; i < terms.names().size(); ++i) {
    terms.value(i).backward({}, true);
    sum += terms.value(i).item<double>();
  }
  objective.AfterBackward(batch);
  objective.AfterStep(batch);
  return sum;
}

TEST(Sketches, EachRunsAndResumesToTheSameValues) {
  const auto scene = MakeScene();
  ASSERT_EQ(AllSketches().size(), 7U);
  for (const Sketch& sketch : AllSketches()) {
    SCOPED_TRACE(sketch.name + ": " + sketch.needs);
    const auto first = sketch.New(), second = sketch.New();
    for (Objective* objective : {first.get(), second.get()}) {
      objective->Prepare(scene->set);
      objective->OnLabels(scene->labels);
    }
    Begin(*first, *scene, 5);
    Step(*first, *scene, 21);
    std::map<std::string, at::Tensor> state;
    first->Save(state);
    for (auto& [name, tensor] : state) tensor = tensor.clone();
    second->Load(state);
    Begin(*first, *scene, 6);
    Begin(*second, *scene, 6);
    EXPECT_EQ(Step(*first, *scene, 22), Step(*second, *scene, 22));
  }
}

TEST(Sketches, MixBctChangesWhatLaterObjectivesSee) {
  const auto scene = MakeScene();
  const auto mix = AllSketches()[0].New();
  mix->Prepare(scene->set);
  Batch batch;
  FillBatch(*scene, RandomValues(*scene, 23), true, batch);
  const at::Tensor before = batch[Slot::kAfterNeck];
  mix->Transform(batch);
  EXPECT_FALSE(at::equal(before, batch[Slot::kAfterNeck]));
  EXPECT_TRUE(batch[Slot::kOrigin].eq(2).any().item<bool>());
}

TEST(Sketches, AdvBctReversesTheGradient) {
  const auto scene = MakeScene();
  const auto made = AllSketches()[1].New();
  Objective& adversary = *made;
  adversary.Prepare(scene->set);
  Batch batch;
  FillBatch(*scene, RandomValues(*scene, 24), true, batch);
  Terms terms;
  adversary.Compute(batch, terms);
  terms.value(0).backward();
  // The discriminator's score rises with the feature (positive weights), so reversal makes the
  // gradient negative.
  EXPECT_LT(batch[Slot::kCompatible].grad().max().item<double>(), 0.0);
}

}  // namespace
}  // namespace bcr::testing
