// A training step does not wait for the device: no registered objective reads a value back, and the
// trainer reads its losses once in fifty steps.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/train/trainer.h"
#include "tests/unit/methods/batch_maker.h"
#include "tests/unit/methods/sync_counter.h"
#include "tests/unit/train/toy_job.h"

namespace bcr {
namespace {

using testing::FillBatch;
using testing::MakeScene;
using testing::RandomValues;
using testing::Scene;
using testing::SyncCounter;

struct Variant {
  std::string objective, parameters;
};

// Every registered objective with its defaults and with every parameter set that it names for checks,
// and further ones whose steps differ.
std::vector<Variant> AllVariants() {
  std::vector<Variant> variants = {
      {"cluster-nce", R"({"update": "hard"})"},
      {"rbcl", R"({"agents": "instance", "neighbours": 2, "include_self": false})"},
      {"rbcl", R"({"reactivation": "C", "agents": "none"})"}};
  for (const ObjectiveInfo* info : objective_table()) {
    // One with places for people fixes a width by its parameters: the scene's, where it is told so.
    if (info->places == nullptr) variants.push_back({info->name, "{}"});
    for (const std::string& checks : {info->gradient_checks, info->detached_checks}) {
      for (const Json& parameters : ParseJson(checks, info->name))
        variants.push_back({info->name, DumpJsonCompact(parameters)});
    }
  }
  return variants;
}

TEST(Sync, TheCounterSeesWhatWaits) {
  const at::Tensor values = at::arange(4, at::kFloat);
  const SyncCounter counter;
  EXPECT_EQ(counter.count(), 0);
  values.sum().item<double>();
  values.gt(1).nonzero();
  EXPECT_EQ(counter.count(), 2) << counter.Describe();
  if (values.sum().gt(3).is_nonzero()) at::_unique(values);
  EXPECT_EQ(counter.count(), 4) << counter.Describe();
  EXPECT_EQ(counter.moves(), 0);
  values.cpu();
  values.to(at::Device("cpu"));
  EXPECT_EQ(counter.moves(), 2);
}

TEST(Sync, NoObjectiveReadsAValueBack) {
  const auto scene = MakeScene();
  for (const Variant& variant : AllVariants()) {
    SCOPED_TRACE(variant.objective + " " + variant.parameters);
    const auto objective = MakeObjective(FindObjective(objective_table(), variant.objective),
                                         ParseJson(variant.parameters, "test"), "test");
    objective->Prepare(scene->set);
    objective->OnLabels(scene->labels);
    EpochStart start;
    start.features = [&]() -> const FloatMatrix& { return scene->current; };
    start.features_of = [&](const std::string&) -> const FloatMatrix& {
      return scene->old_model.features;
    };
    objective->BeginEpoch(start);
    Batch batch;
    FillBatch(*scene, RandomValues(*scene, 31), true, batch);
    const SyncCounter counter;
    objective->Transform(batch);
    Terms terms;
    objective->Compute(batch, terms);
    for (size_t i = 0; i < terms.names().size(); ++i) terms.value(i).backward({}, true);
    objective->AfterBackward(batch);
    objective->AfterStep(batch);
    EXPECT_EQ(counter.count(), 0) << counter.Describe();
    EXPECT_EQ(counter.moves(), 0);
  }
}

struct Waits {
  int64_t reads = 0, moves = 0;
};

// One epoch of `batches` steps, in which the classifier sees mixed images.
int64_t ReadsWithMixing(int batches, const std::string& mixer, const std::string& classifier) {
  testing::ToyJob toy;
  toy.plug_ins.objectives = objective_table();
  toy.plug_ins.augmenters = augmenter_table();
  toy.job.base.objectives = {{.objective = classifier}, {.objective = "triplet"}};
  toy.job.base.augmenters = {{.augmenter = "standard"}, {.augmenter = mixer}};
  toy.job.options.epochs = 1;
  toy.job.options.batches_per_epoch = batches;
  const SyncCounter counter;
  Train(toy.job, toy.plug_ins);
  return counter.count();
}

TEST(Sync, MixingWaitsForNothing) {
  for (const char* mixer : {"mixup", "cutmix"}) {
    for (const char* classifier : {"identity", "arcface", "average-k"}) {
      EXPECT_EQ(ReadsWithMixing(45, mixer, classifier), ReadsWithMixing(5, mixer, classifier))
          << mixer << " " << classifier;
    }
  }
}

// One epoch of `batches` steps with these settings, and with a mean teacher.
int64_t ReadsWith(int batches, const Optimisation& optimisation) {
  testing::ToyJob toy;
  toy.plug_ins.objectives = objective_table();
  toy.job.base.objectives = {
      {.objective = "identity"}, {.objective = "center"}, {.objective = "mean-teacher"}};
  toy.job.options.epochs = 1;
  toy.job.options.batches_per_epoch = batches;
  toy.job.options.optimisation = optimisation;
  const SyncCounter counter;
  Train(toy.job, toy.plug_ins);
  return counter.count();
}

TEST(Sync, NoSettingOfTheOptimisationWaits) {
  const Optimisation adamw = {.optimiser = "adamw", .amsgrad = true, .clip_norm = 1};
  const Optimisation sgd = {.optimiser = "sgd",
                            .nesterov = true,
                            .schedule = "cosine",
                            .per_step = true,
                            .head_rate_factor = 2,
                            .clip_norm = 1,
                            .accumulate = 3};
  for (const Optimisation& optimisation : {adamw, sgd})
    EXPECT_EQ(ReadsWith(45, optimisation), ReadsWith(5, optimisation)) << optimisation.optimiser;
}

// One epoch of `batches` steps with every kind of slot in use.
Waits WaitsIn(int batches, const std::string& precision, const std::string& widths = "equal") {
  testing::ToyJob toy;
  toy.job.widths = widths;
  if (widths == "orthogonal") toy.job.spec.embedding = toy.job.spec.FeatureWidth() + 8;
  toy.AddOldModel();
  toy.job.precision = precision;
  toy.plug_ins.objectives = objective_table();
  toy.job.base.objectives = {{.objective = "identity"}, {.objective = "triplet"}};
  toy.job.compatibility = {{.objective = "rbcl"}, {.objective = "bct"}};
  toy.job.options.epochs = 1;
  toy.job.options.batches_per_epoch = batches;
  const SyncCounter counter;
  Train(toy.job, toy.plug_ins);
  return {counter.count(), counter.moves()};
}

// What start and end of an epoch cost is in both figures; the difference is that of a hundred
// steps.
TEST(Sync, ARotationThatIsLearnedWaitsForNothing) {
  const Waits few = WaitsIn(5, "fp32", "orthogonal"), many = WaitsIn(105, "fp32", "orthogonal");
  EXPECT_EQ(many.reads, few.reads);
}

TEST(Sync, TheTrainerWaitsOnceInFiftySteps) {
  for (const char* precision : {"fp32", "bf16"}) {
    SCOPED_TRACE(precision);
    const Waits few = WaitsIn(5, precision), many = WaitsIn(105, precision);
    EXPECT_EQ(many.reads, few.reads);
    // Autocast names the device in each of its casts, where nothing moves: not countable in bf16.
    if (std::string(precision) == "bf16") continue;
    // Two readings of the losses, and in each step the model asks for the images on its device,
    // where they are already.
    EXPECT_LE(many.moves - few.moves, 100 + 2);
  }
}

}  // namespace
}  // namespace bcr
