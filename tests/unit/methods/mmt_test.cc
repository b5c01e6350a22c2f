// Mutual Mean-Teaching: its losses by hand and by tests/golden/unsupervised.json, who tells whom, heads
// with a row for each cluster, and runs that are stopped.
#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/embedded.h"
#include "harness/core/error.h"
#include "harness/train/label_source.h"
#include "tests/unit/cluster/points.h"
#include "tests/unit/methods/golden_tensors.h"
#include "tests/unit/methods/label_scene.h"
#include "tests/unit/methods/pair_batch.h"
#include "tests/unit/methods/stopped_training.h"
#include "tests/unit/methods/sync_counter.h"

namespace bcr {

namespace embedded {
const std::vector<EmbeddedFile>& bases();
}  // namespace embedded

namespace {

using testing::GoldenRows;
using testing::LargestGap;
using testing::LossOf;
using testing::MakeNamed;
using testing::Rows;

struct Triplets {
  const Json file = testing::UnsupervisedGolden("soft_triplet");
  at::Tensor features = GoldenRows(file.at("new")).set_requires_grad(true);
  at::Tensor taught = GoldenRows(file.at("taught")).set_requires_grad(true);
  Batch batch;
  Triplets() {
    batch.labels = file.at("labels").get<std::vector<int64_t>>();
    batch.Set(Slot::kBeforeNeck, features);
    batch.Set(Slot::kTeacherFeatures, taught);
    batch.Set(Slot::kLabels, at::tensor(batch.labels, at::kLong));
    batch.Set(Slot::kValid, batch[Slot::kLabels] >= 0);
  }
};

TEST(SoftTriplet, ValueAndGradientAreTheReferences) {
  Triplets scene;
  const at::Tensor loss = LossOf(*MakeNamed("soft-triplet", Json::object()), scene.batch);
  EXPECT_NEAR(loss.item<double>(), scene.file.at("soft").get<double>(), 1e-9);
  loss.backward();
  EXPECT_LT(LargestGap(scene.features.grad(), GoldenRows(scene.file.at("gradient"))), 1e-6);
  EXPECT_FALSE(scene.taught.grad().defined());
}

// MMT's hard form, -log of the negative's share, is the triplet with a soft margin.
TEST(SoftTriplet, TheHardFormIsTheTripletWithoutMargin) {
  const Triplets scene;
  EXPECT_NEAR(LossOf("triplet", {{"margin", 0.0}}, scene.batch),
              scene.file.at("hard").get<double>(), 1e-9);
}

// Anchors 0 and 1 of one identity, 3 of another: distances to positive and negative 1 and 3, 1 and 2;
// the third has itself for a positive, 0 (at least 1e-6) and 2. The teacher is certain of nothing: 1/2.
TEST(SoftTriplet, ByHand) {
  Batch batch;
  batch.Set(Slot::kBeforeNeck, Rows({0, 1, 3}, 1));
  batch.Set(Slot::kTeacherFeatures, Rows({0, 0, 0}, 1));
  batch.Set(Slot::kLabels, at::tensor({0, 0, 1}, at::kLong));
  batch.Set(Slot::kValid, batch[Slot::kLabels] >= 0);
  const auto cost = [](double gap) {  // the mean of softplus(gap) and softplus(-gap)
    return (std::log1p(std::exp(gap)) + std::log1p(std::exp(-gap))) / 2;
  };
  EXPECT_NEAR(LossOf("soft-triplet", Json::object(), batch), (cost(-2) + cost(-1) + cost(-2)) / 3,
              1e-6);
}

TEST(SoftCrossEntropy, ByHand) {
  Batch batch;
  batch.Set(Slot::kLogits, Rows({1, 2, 0, 0, 0, 3}, 3));
  batch.Set(Slot::kTeacherLogits, Rows({2, 1, 0, 0, 1, 2}, 3));
  EXPECT_NEAR(LossOf("mean-teacher", {{"distance", "ce"}}, batch), 1.176054077828, 1e-9);
}

// What the first step of a training saw, by student.
struct Seen {
  at::Tensor before, taught, logits, taught_logits, head, rows, images;
};
std::vector<Seen> g_seen;

class Watcher : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    terms.Add("nothing", batch[Slot::kLogits].sum() * 0);
    if (g_seen.size() == 2) return;
    const auto copy = [&](Slot slot) { return batch[slot].detach().clone(); };
    g_seen.push_back({copy(Slot::kBeforeNeck), copy(Slot::kTeacherFeatures), copy(Slot::kLogits),
                      copy(Slot::kTeacherLogits), copy(Slot::kHeadWeight), copy(Slot::kRows),
                      copy(Slot::kImages)});
  }
};

const ObjectiveInfo& WatcherInfo() {
  static const ObjectiveInfo info = {.name = "watcher",
                                     .revision = 1,
                                     .parameters = "{}",
                                     .make = [](JsonReader&) -> std::unique_ptr<Objective> {
                                       return std::make_unique<Watcher>();
                                     }};
  return info;
}

BaseRecipe MmtBase() {
  for (const EmbeddedFile& file : embedded::bases())
    if (file.name == "mmt") return ParseBaseRecipe(file.text, "mmt");
  ADD_FAILURE() << "no base mmt";
  return {};
}

struct Fixture : testing::ToyJob {
  Fixture() {
    plug_ins.objectives = objective_table();
    plug_ins.label_sources = label_source_table();
    plug_ins.augmenters = augmenter_table();
    job.base = MmtBase();
    job.base.label_source_parameters = R"({"k1": 8, "k2": 3, "rho": 0.06, "min_samples": 2})";
    job.options.epochs = 3;
    job.options.schedule = {3e-3, 0, 1, {}, 1};
  }
  void Watch() {
    plug_ins.objectives.push_back(&WatcherInfo());
    job.base.objectives.insert(job.base.objectives.begin(), {.objective = "watcher"});
    g_seen.clear();
  }
};

// In the first step a teacher is its student, and both normalise by the statistics of the batch.
TEST(Mmt, EachStudentIsToldWhatTheOthersTeacherSays) {
  Fixture f;
  f.Watch();
  f.job.options.epochs = 1;
  Train(f.job, f.plug_ins);
  ASSERT_EQ(g_seen.size(), 2U);
  const Seen &first = g_seen[0], &second = g_seen[1];
  EXPECT_LT(LargestGap(first.taught, second.before), 1e-4);
  EXPECT_LT(LargestGap(second.taught, first.before), 1e-4);
  EXPECT_LT(LargestGap(first.taught_logits, second.logits), 1e-3);
  EXPECT_GT(LargestGap(first.before, second.before), 1e-2) << "two starts";
  // Heads: a unit row for each cluster, the same ones in both.
  EXPECT_TRUE(at::equal(first.head, second.head));
  EXPECT_LT(LargestGap(first.head.norm(2, 1), at::ones({first.head.size(0)})), 1e-5);
}

TEST(Mmt, BothSeeTheSameRowsChangedInTwoWays) {
  Fixture same, changed;
  same.plug_ins.augmenters = {};
  same.job.base.augmenters = {};
  for (Fixture* f : {&same, &changed}) {
    f->Watch();
    f->job.options.epochs = 1;
    Train(f->job, f->plug_ins);
    ASSERT_EQ(g_seen.size(), 2U);
    EXPECT_TRUE(at::equal(g_seen[0].rows, g_seen[1].rows));
    EXPECT_EQ(at::equal(g_seen[0].images, g_seen[1].images), f == &same);
  }
}

TEST(Mmt, TheFirstTeacherIsTheResultWithoutAHead) {
  Fixture teacher, student;
  student.job.base.teacher_is_scored = false;
  const TrainResult a = Train(teacher.job, teacher.plug_ins),
                    b = Train(student.job, student.plug_ins);
  EXPECT_EQ(a.history, b.history);
  EXPECT_EQ(a.label_notes, b.label_notes);
  EXPECT_EQ(a.model->spec().classes, 0);
  EXPECT_FALSE(a.model->State().contains("head.weight"));
  EXPECT_FALSE(at::equal(a.model->State().at("neck.weight"), b.model->State().at("neck.weight")));
  for (const char* term :
       {"identity.softmax", "triplet.soft", "mean-teacher.ce", "soft-triplet.soft",
        "second.identity.softmax", "second.soft-triplet.soft"})
    EXPECT_TRUE(a.history[2].contains(term)) << term;
}

TEST(Mmt, StoppedAndResumedItEndsWithTheSameBytes) {
  Fixture f;
  f.AddOldModel();
  f.job.old_models.front().class_of.clear();
  f.job.compatibility = {{.objective = "regression"}};
  const TrainResult whole = testing::TrainWithAndWithoutStops(f);
  // Numbers of clusters differ between epochs, and so did the heads.
  EXPECT_GT(whole.label_notes[2]["clusters"], 1);
}

TEST(Mmt, TheSecondStudentHasAStartOfItsOwn) {
  Fixture f, other;
  other.job.seed += 1;
  f.Watch();
  f.job.options.epochs = 1;
  Train(f.job, f.plug_ins);
  const at::Tensor second = g_seen[1].before;
  other.Watch();
  other.job.options.epochs = 1;
  Train(other.job, other.plug_ins);
  EXPECT_GT(LargestGap(second, g_seen[1].before), 1e-2) << "by the seed";
}

// What start and end of an epoch cost is in both figures; the difference is that of forty steps.
TEST(Mmt, AStepWaitsForNothing) {
  const auto reads = [](int batches) {
    Fixture f;
    f.job.options.epochs = 1;
    f.job.options.batches_per_epoch = batches;
    const testing::SyncCounter counter;
    Train(f.job, f.plug_ins);
    return counter.count();
  };
  EXPECT_EQ(reads(45), reads(5));
}

void ExpectRefused(const Fixture& f, const std::string& what) {
  try {
    CheckRecipe(f.job.base, {}, f.plug_ins);
    FAIL() << "accepted, in spite of " << what;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    EXPECT_THAT(error.what(), ::testing::HasSubstr(what));
  }
}

TEST(Mmt, WhatDoesNotGoTogetherIsRefused) {
  Fixture alone, mixed, heads, fixed;
  EXPECT_NO_THROW(CheckRecipe(alone.job.base, {}, alone.plug_ins));
  alone.job.base.teacher_is_scored = false;
  alone.job.base.objectives = {{.objective = "identity"}};
  ExpectRefused(alone, "students");
  mixed.job.base.augmenters.push_back({.augmenter = "mixup"});
  ExpectRefused(mixed, "students");
  heads.job.base.head = true;
  ExpectRefused(heads, "cluster_head");
  fixed.job.base.label_source = "ground-truth";
  ExpectRefused(fixed, "cluster_head");
}

struct Source : testing::LabelScene {
  explicit Source(const std::string& parameters) : LabelScene("mmt", parameters) {}
};

// The radius is the first epoch's, also behind a resumption.
TEST(MmtLabels, TheRadiusIsSetOnceAndKept) {
  Source whole(R"({"rho": 0.04})"), resumed(R"({"rho": 0.04})"), fresh(R"({"rho": 0.04})");
  whole.At(0);
  std::map<std::string, at::Tensor> state;
  whole.made->Save(state);
  resumed.made->Load(state);
  whole.features = resumed.features = fresh.features = NoisyIdentities(300, 16, 15, 0.7, 5);
  EXPECT_EQ(whole.At(1).labels, resumed.At(1).labels);
  const Json notes = whole.made->Notes();
  EXPECT_EQ(notes[0].at("eps"), notes[1].at("eps"));
  EXPECT_EQ(resumed.made->Notes()[0], notes[1]);
  fresh.At(1);
  EXPECT_NE(fresh.made->Notes()[0].at("eps"), notes[1].at("eps"));
}

TEST(MmtLabels, ARadiusOfOneIsACollapse) {
  Source source(R"({"rho": 1.0, "k1": 2, "k2": 2})");
  source.features =
      OnCircle({0, 0, 0, 120, 120, 120, 240, 240, 240});  // copies are at 0, others at 1
  LabelSet labels;
  EpochStart start;
  start.features = [&]() -> const FloatMatrix& { return source.features; };
  try {
    source.made->Refresh(start, labels);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kTraining);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("collapsed"));
  }
}

}  // namespace
}  // namespace bcr
