// What Optimisation's settings make of a training: groups of parameters, clipping, accumulation, a frozen
// backbone; and that a run with all of them, stopped and resumed, ends with the same bytes.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/train/model_start.h"
#include "harness/train/parameter_groups.h"
#include "harness/train/train_step.h"
#include "harness/train/trainer.h"
#include "tests/unit/methods/stopped_training.h"
#include "tests/unit/train/toy_job.h"

namespace bcr {
namespace {

using State = std::map<std::string, at::Tensor>;

// Cross-entropy, and a parameter of its own whose gradient is 1 whatever the batch; it counts the
// optimisers' moves, and looks at its gradient.
class Softmax : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    terms.Add("ce", at::cross_entropy_loss(batch[Slot::kLogits], batch[Slot::kLabels]));
    terms.Add("own", own_);
    terms.Log("own", own_);
    terms.Log("moves", static_cast<double>(moves_));
  }
  void AfterBackward(const Batch&) override {
    const at::NoGradGuard no_grad;
    own_.mutable_grad() = own_.grad() * 2;  // as BoT's centres: of this batch alone
  }
  void AfterStep(const Batch& batch) override { moves_ += batch.moves ? 1 : 0; }
  std::vector<LearnedPart> OwnParts() override {
    return {{"one", {own_}, {.kind = "sgd", .rate = 1, .momentum = 0}}};
  }
  void Save(State& state) override { state["moves"] = at::tensor({moves_}, at::kLong); }
  void Load(const State& state) override { moves_ = state.at("moves").item<int64_t>(); }

 private:
  int64_t moves_ = 0;
  at::Tensor own_ = at::zeros({}, at::kFloat).set_requires_grad(true);
};

const ObjectiveInfo& SoftmaxInfo() {
  static const ObjectiveInfo info = {.name = "softmax",
                                     .revision = 1,
                                     .parameters = "{}",
                                     .make = [](JsonReader&) -> std::unique_ptr<Objective> {
                                       return std::make_unique<Softmax>();
                                     }};
  return info;
}

struct Fixture : testing::ToyJob {
  Fixture() {
    plug_ins.objectives = {&SoftmaxInfo()};
    job.base.objectives = {{.objective = "softmax"}};
    job.options.epochs = 2;
    job.options.batches_per_epoch = 5;
  }
  TrainResult Result() { return Train(job, plug_ins); }
  State Trained() { return Result().model->State(); }
  // What training begins with.
  State Start() const { return StartModel(job)->State(); }
};

// The largest change of what begins so, and whether all of it is as it was.
double ChangeOf(const std::string& beginning, const State& before, const State& after) {
  double largest = 0;
  for (const auto& [name, tensor] : after) {
    if (!name.starts_with(beginning) || !tensor.is_floating_point()) continue;
    largest = std::max(largest, (tensor - before.at(name)).abs().max().item<double>());
  }
  return largest;
}

std::vector<LearnedPart> PartsOf(const std::string& backbone, const Optimisation& optimisation,
                                 Model** model = nullptr) {
  static std::unique_ptr<Model> made;
  ModelSpec spec;
  spec.backbone = backbone;
  spec.classes = 3;
  spec.embedding = 8;
  made = Model::Make(spec, 1);
  if (model != nullptr) *model = made.get();
  TrainOptions options;
  options.weight_decay = 0.01;
  options.optimisation = optimisation;
  return ModelParts(*made, {at::zeros({2})}, options);
}

TEST(ParameterGroups, ThereIsOneByDefaultInTheModelsOrder) {
  Model* model = nullptr;
  const auto parts = PartsOf("vit_micro", {}, &model);
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].name, "model");
  EXPECT_EQ(parts[0].optimiser.weight_decay, 0.01);
  std::vector<at::Tensor> parameters = model->Parameters();
  ASSERT_EQ(parts[0].parameters.size(), parameters.size() + 1);
  for (size_t i = 0; i < parameters.size(); ++i)
    EXPECT_TRUE(parts[0].parameters[i].is_same(parameters[i]));
}

TEST(ParameterGroups, BiasesNormsAndTheHeadHaveFactorsOfTheirOwn) {
  Model* model = nullptr;
  const auto parts = PartsOf("vit_micro",
                             {.bias_rate_factor = 2,
                              .head_rate_factor = 10,
                              .bias_decay_factor = 0,
                              .norm_decay_factor = 0.5,
                              .head_decay_factor = 3},
                             &model);
  const auto of = [&](const std::string& name) {
    const at::Tensor tensor = model->State().at(name);
    for (const LearnedPart& part : parts) {
      for (const at::Tensor& p : part.parameters) {
        if (p.is_same(tensor))
          return std::pair(part.optimiser.rate_factor, part.optimiser.weight_decay / 0.01);
      }
    }
    return std::pair(-1.0, -1.0);
  };
  const auto near = [](const std::pair<double, double>& a, double rate, double decay) {
    return std::abs(a.first - rate) < 1e-12 && std::abs(a.second - decay) < 1e-9;
  };
  size_t biases = 0, norms = 0;
  const State state = model->State();
  for (const auto& [name, tensor] : state) {
    if (!tensor.requires_grad()) continue;
    SCOPED_TRACE(name);
    const bool norm = name.find("norm") != std::string::npos;
    if (!name.starts_with("backbone.")) continue;
    if (norm) {
      ++norms;
      EXPECT_TRUE(near(of(name), 1, 0.5));
    } else if (name.ends_with(".bias")) {
      ++biases;
      EXPECT_TRUE(near(of(name), 2, 0));
    } else {
      EXPECT_TRUE(near(of(name), 1, 1));
    }
  }
  EXPECT_GT(biases, 2U);
  EXPECT_GT(norms, 2U);
  EXPECT_TRUE(near(of("head.weight"), 10, 3));
  EXPECT_TRUE(near(of("embedding.weight"), 10, 3));
  EXPECT_TRUE(near(of("neck.weight"), 10, 1.5));
  size_t all = 0;
  for (const LearnedPart& part : parts) all += part.parameters.size();
  EXPECT_EQ(all, model->Parameters().size() + 1) << "and what is learned beside the model";
}

TEST(ParameterGroups, AHeadAtRateZeroStays) {
  Fixture f;
  f.job.options.optimisation.head_rate_factor = 0;
  const State before = f.Start(), after = f.Trained();
  EXPECT_EQ(ChangeOf("head.", before, after), 0);
  EXPECT_EQ(ChangeOf("pool.", before, after), 0);
  EXPECT_GT(ChangeOf("backbone.conv1", before, after), 0);
}

// Steps of plain SGD at rate 1: as long as the gradient, and that is at most 0.001.
TEST(TrainingOptions, AClippedGradientIsNoLongerThanWanted) {
  Fixture f;
  f.job.options.schedule = {1, 0, 1, {}, 1};
  f.job.options.weight_decay = 0;
  f.job.options.optimisation = {.optimiser = "sgd", .sgd_momentum = 0, .clip_norm = 0.001};
  double squares = 0;
  const State before = f.Start(), after = f.Trained();
  for (const auto& [name, tensor] : after) {
    if (tensor.is_floating_point() && name.find("running") == std::string::npos)
      squares += (tensor - before.at(name)).pow(2).sum().item<double>();
  }
  const double steps = 10;
  EXPECT_LE(std::sqrt(squares), steps * 0.001 * 1.001);
  EXPECT_GT(std::sqrt(squares), 0.001);
}

TEST(TrainingOptions, PlacesOfBatches) {
  const auto place = [](int64_t batch) { return PlaceOf(batch, 5, 2, 100); };
  for (int64_t batch = 0; batch < 5; ++batch) {
    EXPECT_EQ(place(batch).batch, 100 + batch);
    EXPECT_EQ(place(batch).of, batch == 4 ? 1 : 2) << "the last one is alone";
    EXPECT_EQ(place(batch).last, batch % 2 == 1 || batch == 4);
  }
  EXPECT_TRUE(PlaceOf(0, 5, 1, 0).last);
  EXPECT_EQ(PlaceOf(0, 5, 1, 0).of, 1);
}

// Five batches by two: three moves an epoch, each along the mean of its batches' gradients, twice 1.
TEST(TrainingOptions, AccumulatedBatchesMoveOnceByTheirMean) {
  Fixture f;
  f.job.options.optimisation.accumulate = 2;
  const TrainResult result = f.Result();
  EXPECT_EQ(result.steps, 10) << "batches";
  EXPECT_EQ(result.history[0]["steps"], 5);
  // Before each batch: 0, 0, -2, -2, -4.
  EXPECT_NEAR(result.history[0]["softmax.own"].get<double>(), -1.6, 1e-6);
  EXPECT_NEAR(result.history[1]["softmax.own"].get<double>(), -7.6, 1e-6);
  EXPECT_NEAR(result.history[1]["softmax.moves"].get<double>(), 3 + (0 + 0 + 1 + 1 + 2) / 5.0,
              1e-6);
}

TEST(TrainingOptions, AFrozenBackboneStaysWithItsStatistics) {
  Fixture f;
  f.job.options.optimisation.freeze_backbone_epochs = 2;
  const State before = f.Start(), after = f.Trained();
  EXPECT_EQ(ChangeOf("backbone.", before, after), 0) << "running statistics too";
  for (const char* learned : {"head.", "pool.", "neck.weight", "neck.running_mean"})
    EXPECT_GT(ChangeOf(learned, before, after), 0) << learned;
  f.job.options.optimisation.freeze_backbone_epochs = 1;
  const State freed = f.Trained();
  EXPECT_GT(ChangeOf("backbone.conv1", before, freed), 0);
  EXPECT_GT(ChangeOf("backbone.bn1.running_mean", before, freed), 0);
}

TEST(TrainingOptions, GhostBatchesReachTheModel) {
  Fixture f;
  const State whole = f.Trained();
  f.job.options.optimisation.ghost_batch = 16;  // as large as the batch
  EXPECT_EQ(ChangeOf("", whole, f.Trained()), 0);
  f.job.options.optimisation.ghost_batch = 4;
  EXPECT_GT(ChangeOf("backbone.conv1", whole, f.Trained()), 0);
}

// Only the backbone could learn.
class Direct : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    terms.Add("length", batch[Slot::kBeforeNeck].pow(2).mean());
  }
};

TEST(TrainingOptions, NothingLeftToLearnIsSaid) {
  static const ObjectiveInfo direct = {
      .name = "direct", .revision = 1, .parameters = "{}", .make = [](JsonReader&) {
        return std::unique_ptr<Objective>(std::make_unique<Direct>());
      }};
  Fixture f;
  f.plug_ins.objectives = {&direct};
  f.job.base.objectives = {{.objective = "direct"}};
  f.job.spec.pooling = "avg";
  f.job.options.optimisation.freeze_backbone_epochs = 1;
  try {
    f.Result();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    EXPECT_NE(std::string(error.what()).find("frozen"), std::string::npos) << error.what();
  }
}

TEST(TrainingOptions, TheRateMayChangeWithEveryStep) {
  Fixture f;
  f.job.options.schedule = {0.01, 0, 1, {}, 1};
  f.job.options.optimisation = {.schedule = "polynomial", .per_step = true};
  const Json history = f.Result().history;
  EXPECT_NEAR(history[0]["learning_rate"].get<double>(), 0.01 * (1 - 0.8 / 2), 1e-9)
      << "of the epoch's last step";
  EXPECT_NEAR(history[1]["learning_rate"].get<double>(), 0.01 * (1 - 1.8 / 2), 1e-9);
}

TEST(TrainingOptions, StoppedAndResumedItEndsWithTheSameBytes) {
  const Optimisation sgd = {.optimiser = "sgd",
                            .nesterov = true,
                            .schedule = "cosine",
                            .per_step = true,
                            .head_rate_factor = 2,
                            .norm_decay_factor = 0,
                            .clip_norm = 1,
                            .accumulate = 2,
                            .freeze_backbone_epochs = 2};
  const Optimisation adamw = {.optimiser = "adamw", .amsgrad = true, .schedule = "constant"};
  for (const Optimisation& optimisation : {sgd, adamw}) {
    Fixture f;
    f.AddOldModel();
    f.job.widths = "project";
    f.job.options.epochs = 4;
    f.job.options.optimisation = optimisation;
    testing::TrainWithAndWithoutStops(f);
  }
}

}  // namespace
}  // namespace bcr
