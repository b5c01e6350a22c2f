// Objectives over parts of a feature: what each sees, what becomes of its terms and state, and
// trainings of a network with branches.
#include "harness/train/parted_objective.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/train/head.h"
#include "harness/train/trainer.h"
#include "tests/unit/train/toy_job.h"

namespace bcr {
namespace {

using Over = ObjectiveUse::Over;

int g_die_in_epoch = -1;

at::Tensor CrossEntropy(const Batch& batch) {
  return at::cross_entropy_loss(batch[Slot::kLogits], batch[Slot::kLabels]);
}

// Cross-entropy, figures of what is shown, and a count of the steps as state.
class Seer : public Objective {
 public:
  void Prepare(const TrainingSet& set) override { width_ = set.feature_width; }
  void Compute(const Batch& batch, Terms& terms) override {
    if (batch.epoch == g_die_in_epoch) throw Error(ErrorCode::kInternal, {"toy", "died", "", ""});
    terms.Add("ce", CrossEntropy(batch));
    terms.Log("before", batch[Slot::kBeforeNeck].sum());
    terms.Log("width", static_cast<double>(width_));
    terms.Log("shown", static_cast<double>(batch[Slot::kBeforeNeck].size(1)));
    terms.Log("steps", static_cast<double>(steps_));
  }
  void AfterStep(const Batch&) override { ++steps_; }
  void Save(std::map<std::string, at::Tensor>& state) override {
    state["steps"] = at::tensor({steps_}, at::kLong);
  }
  void Load(const std::map<std::string, at::Tensor>& state) override {
    steps_ = state.at("steps").item<int64_t>();
  }

 private:
  int64_t width_ = 0, steps_ = 0;
};

class Learner : public Objective {
 public:
  void Compute(const Batch&, Terms& terms) override { terms.Add("value", own_ + beside_); }
  std::vector<at::Tensor> Parameters() override { return {beside_}; }
  std::vector<LearnedPart> OwnParts() override { return {{"one", {own_}, {.rate = 0.5}}}; }

 private:
  at::Tensor own_ = at::zeros({}, at::kFloat).set_requires_grad(true);
  at::Tensor beside_ = at::zeros({}, at::kFloat).set_requires_grad(true);
};

class Replacer : public Objective {
 public:
  void Transform(Batch& batch) override {
    batch.Set(Slot::kAfterNeck, batch[Slot::kAfterNeck] * 0.0);
  }
  void Compute(const Batch&, Terms&) override {}
};

class Asker : public Objective {
 public:
  void BeginEpoch(const EpochStart& start) override { start.features(); }
  void Compute(const Batch&, Terms&) override {}
};

// Remembers one image, and turns what is clustered around.
class Keeper : public Objective {
 public:
  bool Remembered(FloatMatrix& rows) const override {
    rows = FloatMatrix(1, 2);
    rows.row(0)[0] = 1;
    return true;
  }
  bool Refined(FloatMatrix& unit_rows) const override {
    unit_rows.row(0)[0] *= -1;
    return true;
  }
  void Compute(const Batch&, Terms&) override {}
};

template <typename T>
std::unique_ptr<Objective> Over2(bool after_neck = false, double head_scale = 0) {
  return NewPartedObjective({{0, 3}, {3, 5}}, after_neck, head_scale,
                            [] { return std::make_unique<T>(); });
}

struct Drawn {
  at::Tensor before = at::randn({6, 8}, at::kDouble), after = at::randn({6, 8}, at::kDouble);
  at::Tensor head = at::randn({4, 8}, at::kDouble).set_requires_grad(true);
  at::Tensor labels = at::tensor({0, 0, 1, 1, 2, 3}, at::kLong);
  Batch batch;
  Drawn() {
    batch.Set(Slot::kBeforeNeck, before);
    batch.Set(Slot::kAfterNeck, after);
    batch.Set(Slot::kHeadWeight, head);
    batch.Set(Slot::kLogits, at::linear(after, head));
    batch.Set(Slot::kLabels, labels);
  }
  // The cross-entropy of some columns with their own columns of the head.
  at::Tensor Of(int64_t begin, int64_t width) const {
    return at::cross_entropy_loss(
        at::linear(after.narrow(1, begin, width), head.narrow(1, begin, width)), labels);
  }
};

TEST(PartedObjective, EachPartHasAClassifierOfItsOwnAndTheMeanCounts) {
  const Drawn drawn;
  const auto parted = Over2<Seer>();
  parted->Prepare({});
  Terms terms;
  parted->Compute(drawn.batch, terms);
  ASSERT_EQ(terms.names(), (std::vector<std::string>{"ce"}));
  const at::Tensor expected = (drawn.Of(0, 3) + drawn.Of(3, 5)) / 2;
  EXPECT_NEAR(terms.value(0).item<double>(), expected.item<double>(), 1e-12);
  EXPECT_EQ(terms.value(0).dim(), 0);
  EXPECT_NEAR(terms.measured(0).item<double>(), drawn.before.sum().item<double>() / 2, 1e-12);
  EXPECT_EQ(terms.logged().at("width"), 4);  // of 3 and 5
  EXPECT_EQ(terms.logged().at("shown"), 4);
  terms.value(0).backward();
  const at::Tensor gradient = drawn.head.grad().clone();
  drawn.head.mutable_grad().zero_();
  expected.backward();
  EXPECT_TRUE(at::allclose(gradient, drawn.head.grad()));
}

TEST(PartedObjective, EachPartsClassifierSaysCosinesWhereTheHeadDoes) {
  const Drawn drawn;
  const auto of = [&](int64_t begin, int64_t width) {
    return at::cross_entropy_loss(
        CosineLogits(drawn.after.narrow(1, begin, width), drawn.head.narrow(1, begin, width), 5),
        drawn.labels);
  };
  Terms terms;
  Over2<Seer>(/*after_neck=*/false, /*head_scale=*/5)->Compute(drawn.batch, terms);
  EXPECT_NEAR(terms.value(0).item<double>(), ((of(0, 3) + of(3, 5)) / 2).item<double>(), 1e-12);
}

TEST(PartedObjective, AfterNeckFeaturesStandInForThoseBefore) {
  const Drawn drawn;
  Terms terms;
  Over2<Seer>(/*after_neck=*/true)->Compute(drawn.batch, terms);
  EXPECT_NEAR(terms.measured(0).item<double>(), drawn.after.sum().item<double>() / 2, 1e-12);
  const auto whole = NewPartedObjective({{0, 8}}, true, 0, [] { return std::make_unique<Seer>(); });
  Terms one;
  whole->Compute(drawn.batch, one);
  EXPECT_NEAR(one.measured(0).item<double>(), drawn.after.sum().item<double>(), 1e-12);
  EXPECT_EQ(one.value(0).item<double>(), CrossEntropy(drawn.batch).item<double>());
}

TEST(PartedObjective, StateAndParametersAreThoseOfEachPart) {
  const auto parted = Over2<Learner>();
  EXPECT_EQ(parted->Parameters().size(), 2U);
  const std::vector<LearnedPart> own = parted->OwnParts();
  ASSERT_EQ(own.size(), 2U);
  EXPECT_NE(own[0].name, own[1].name);
  EXPECT_FALSE(own[0].parameters[0].is_same(own[1].parameters[0]));

  const Drawn drawn;
  const auto counted = Over2<Seer>(), fresh = Over2<Seer>();
  for (int step = 0; step < 3; ++step) counted->AfterStep(drawn.batch);
  std::map<std::string, at::Tensor> state;
  counted->Save(state);
  EXPECT_EQ(state.size(), 2U);
  fresh->Load(state);
  Terms terms;
  fresh->Compute(drawn.batch, terms);
  EXPECT_EQ(terms.logged().at("steps"), 3);
}

// What is clustered is then what the objective alone would have had clustered.
TEST(PartedObjective, WhatOneGroupRemembersAndRefinesIsClustered) {
  const auto whole =
      NewPartedObjective({{0, 2}}, true, 0, [] { return std::make_unique<Keeper>(); });
  FloatMatrix rows;
  ASSERT_TRUE(whole->Remembered(rows));
  ASSERT_EQ(rows.rows(), 1U);
  EXPECT_TRUE(whole->Refined(rows));
  EXPECT_EQ(rows.row(0)[0], -1);

  const auto plain = Over2<Seer>();
  EXPECT_FALSE(plain->Remembered(rows));
  EXPECT_FALSE(plain->Refined(rows));
  EXPECT_EQ(rows.row(0)[0], -1);
}

TEST(PartedObjective, MemoriesOfSeveralPartsAreRefused) {
  const auto parted = Over2<Keeper>();
  FloatMatrix rows(1, 2);
  EXPECT_THROW(parted->Remembered(rows), Error);
  EXPECT_THROW(parted->Refined(rows), Error);
}

TEST(PartedObjective, WhatCannotBePartedIsRefused) {
  Drawn drawn;
  EXPECT_THROW(Over2<Replacer>()->Transform(drawn.batch), Error);
  Over2<Seer>()->Transform(drawn.batch);
  EpochStart start;
  FloatMatrix features(6, 8);
  start.features = [&]() -> const FloatMatrix& { return features; };
  try {
    Over2<Asker>()->BeginEpoch(start);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
  }
  NewPartedObjective({{0, 8}}, true, 0, [] {
    return std::make_unique<Asker>();
  })->BeginEpoch(start);
}

TEST(ColumnsOver, OnlyNetworksWithBranchesHaveSeveral) {
  ModelSpec spec;
  EXPECT_EQ(ColumnsOver(Over::kParts, spec, 128).size(), 1U);
  EXPECT_EQ(ColumnsOver(Over::kParts, spec, 128)[0].width, 128);
  spec.backbone = "mgn_micro16";
  EXPECT_EQ(ColumnsOver(Over::kWhole, spec, 128).size(), 1U);
  EXPECT_EQ(ColumnsOver(Over::kParts, spec, 128).size(), 8U);
  EXPECT_EQ(ColumnsOver(Over::kBranches, spec, 128).size(), 5U);
  EXPECT_EQ(ColumnsOver(Over::kBranches, spec, 128)[4].width, 48);
  spec.embedding = 20;  // mixes the parts
  EXPECT_EQ(ColumnsOver(Over::kParts, spec, 20).size(), 1U);
}

const ObjectiveInfo& SeerInfo(bool compares) {
  static const auto info = [](bool needs) {
    return ObjectiveInfo{
        .name = needs ? "comparer" : "seer",
        .revision = 1,
        .needs_old_model = needs,
        .parameters = "{}",
        .make = [](JsonReader&) -> std::unique_ptr<Objective> { return std::make_unique<Seer>(); }};
  };
  static const ObjectiveInfo plain = info(false), comparing = info(true);
  return compares ? comparing : plain;
}

struct Fixture : testing::ToyJob {
  explicit Fixture(const std::string& backbone) {
    plug_ins.objectives = {&SeerInfo(false), &SeerInfo(true)};
    job.base.objectives = {{.objective = "seer"}};
    job.spec.backbone = backbone;
    job.options.epochs = 2;
  }
  void ExpectResumesTheSame() {
    const TrainResult whole = Train(job, plug_ins);
    const TemporaryFolder folder;
    job.checkpoint_file = JoinPath(folder.path(), "checkpoint.safetensors");
    g_die_in_epoch = 1;
    EXPECT_THROW(Train(job, plug_ins), Error);
    g_die_in_epoch = -1;
    const TrainResult resumed = Train(job, plug_ins);
    testing::ExpectEqualWeights(*whole.model, *resumed.model);
    EXPECT_EQ(whole.history, resumed.history);
  }
};

TEST(PartedTraining, PartsAreTrainedApart) {
  Fixture f("mgn_micro16");
  const Json whole = Train(f.job, f.plug_ins).history;
  f.job.base.objectives[0].over = Over::kParts;
  const Json parts = Train(f.job, f.plug_ins).history;
  EXPECT_EQ(whole[0]["seer.shown"], 128);
  EXPECT_EQ(parts[0]["seer.shown"], 16);
  EXPECT_EQ(parts[0]["seer.width"], 16);
  EXPECT_NE(parts[1]["seer.ce"], whole[1]["seer.ce"]);
  f.ExpectResumesTheSame();
}

TEST(PartedTraining, OtherBackbonesTrainAsEver) {
  Fixture f("micro16");
  const TrainResult whole = Train(f.job, f.plug_ins);
  f.job.base.objectives[0].over = Over::kParts;
  const TrainResult parts = Train(f.job, f.plug_ins);
  testing::ExpectEqualWeights(*whole.model, *parts.model);
  EXPECT_EQ(whole.history, parts.history);
}

TEST(PartedTraining, ComparisonsWithEarlierModelsSeeTheWhole) {
  Fixture f("mgn_micro16");
  f.AddOldModel();
  f.job.compatibility = {{.objective = "comparer"}};
  f.job.compatibility[0].over = Over::kBranches;
  try {
    Train(f.job, f.plug_ins);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("the whole"));
  }
}

}  // namespace
}  // namespace bcr
