// What the objective interface promises, tried inside Train: several earlier models, what is
// derived after Transform, parameters that change with the labels, optimisers of an objective's
// own, weights over time, domains and generated images.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/train/trainer.h"
#include "harness/train/width.h"
#include "tests/unit/train/toy_job.h"

namespace bcr {
namespace {

using testing::ExpectEqualWeights;

int g_die_in_epoch = -1;

// Cross-entropy of the identity head; rows without a label take no part. Dies on demand.
class Softmax : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    if (batch.epoch == g_die_in_epoch) throw Error(ErrorCode::kInternal, {"toy", "died", "", ""});
    terms.Add("ce", at::cross_entropy_loss(batch[Slot::kLogits], batch[Slot::kLabels], {},
                                           at::Reduction::Mean, -1));
  }
};

// Distance to the old features, and what else the batch shows.
class Probe : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    if (batch.Has(Slot::kOldFeatures)) {
      const at::Tensor gap = batch[Slot::kCompatible] - batch[Slot::kOldFeatures];
      terms.Add("gap", gap.pow(2).mean());
      terms.Log("old_sum", batch[Slot::kOldFeatures].sum());
    }
    terms.Log("domain", batch[Slot::kDomains].to(at::kFloat).mean());
    terms.Log("generated", batch[Slot::kOrigin].eq(1).to(at::kFloat).mean());
    terms.Log("unlabelled", batch[Slot::kLabels].lt(0).to(at::kFloat).mean());
    terms.Log("compatible",
              batch.Has(Slot::kCompatible) ? batch[Slot::kCompatible].abs().max() : at::zeros({}));
    terms.Log("logit", batch.Has(Slot::kLogits) ? batch[Slot::kLogits].abs().max() : at::zeros({}));
  }
};

// Replaces the features, by a constant that everything derived from them must show.
class Replace : public Objective {
 public:
  void Transform(Batch& batch) override {
    batch.Set(Slot::kAfterNeck, batch[Slot::kAfterNeck] * 0.0);
  }
  void Compute(const Batch&, Terms&) override {}
};

// A linear head with a row a class, made anew when the number of classes changes, and a scale that
// stays.
class ClusterHead : public Objective {
 public:
  void Prepare(const TrainingSet& set) override { width_ = set.feature_width; }
  void OnLabels(const LabelSet& labels) override {
    if (head_.defined() && head_.size(0) == labels.classes) return;
    head_ = at::full({labels.classes, width_}, 0.01, at::kFloat).set_requires_grad(true);
  }
  void Compute(const Batch& batch, Terms& terms) override {
    if (batch.epoch == g_die_in_epoch) throw Error(ErrorCode::kInternal, {"toy", "died", "", ""});
    const at::Tensor logits = batch[Slot::kAfterNeck].matmul(head_.t()) * scale_.exp();
    terms.Add("ce", at::cross_entropy_loss(logits, batch[Slot::kLabels]));
    terms.Log("head", (head_ - 0.01).abs().max());
    terms.Log("classes", static_cast<double>(head_.size(0)));
    terms.Log("scale", scale_);
  }
  std::vector<at::Tensor> Parameters() override {
    return head_.defined() ? std::vector<at::Tensor>{head_, scale_}
                           : std::vector<at::Tensor>{scale_};
  }

 private:
  int64_t width_ = 0;
  at::Tensor head_, scale_ = at::zeros({}, at::kFloat).set_requires_grad(true);
};

// Labels that change every second epoch, in number as well, by a counter that a resumed run needs.
class Turning : public LabelSource {
 public:
  bool Refresh(const EpochStart& start, LabelSet& labels) override {
    if (start.epoch % 2 != 0) return false;
    ++turns_;
    labels = LabelSet();
    labels.classes = 2 + turns_;
    for (int64_t row = 0; row < 48; ++row) labels.labels.push_back(row % labels.classes);
    labels.others = {{"half", std::vector<int64_t>(48, turns_), 10}};
    labels.soft.offsets.push_back(0);
    for (int64_t row = 0; row < 48; ++row) {
      labels.soft.classes.push_back(row % 2);
      labels.soft.weights.push_back(0.25F);
      labels.soft.offsets.push_back(row + 1);
    }
    return true;
  }
  void Save(std::map<std::string, at::Tensor>& state) const override {
    state["turns"] = at::tensor({turns_}, at::kLong);
  }
  void Load(const std::map<std::string, at::Tensor>& state) override {
    turns_ = state.at("turns").item<int64_t>();
  }

 private:
  int64_t turns_ = 0;
};

// What a label source gives besides hard labels.
class Opinions : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    terms.Log("other", batch[Slot::kOtherLabels].select(1, 0).to(at::kFloat).mean());
    terms.Log("soft", batch[Slot::kSoftLabels].sum(1).mean());
    terms.Log("columns", static_cast<double>(batch[Slot::kSoftLabels].size(1)));
  }
};

// A parameter of its own with an optimiser of its own: the gradient is 1 throughout.
class Own : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    terms.Add("value", own_ + batch[Slot::kAfterNeck].sum() * 0.0);
    terms.Log("own", own_);
  }
  std::vector<LearnedPart> OwnParts() override {
    return {{"one", {own_}, {.kind = "sgd", .rate = 0.5, .momentum = 0}}};
  }

 protected:
  at::Tensor own_ = at::zeros({}, at::kFloat).set_requires_grad(true);
};

// The same, ten times as fast as the model.
class Faster : public Own {
 public:
  std::vector<LearnedPart> OwnParts() override {
    return {{"one", {own_}, {.kind = "sgd", .rate_factor = 10, .momentum = 0}}};
  }
};

template <typename T>
const ObjectiveInfo* Register(const char* name) {
  static const ObjectiveInfo info = {
      .name = name,
      .revision = 1,
      .parameters = "{}",
      .make = [](JsonReader&) -> std::unique_ptr<Objective> { return std::make_unique<T>(); }};
  return &info;
}

const LabelSourceInfo& TurningInfo() {
  static const LabelSourceInfo info = {
      .name = "turning",
      .revision = 1,
      .parameters = "{}",
      .make = [](JsonReader&, const LabelContext&) -> std::unique_ptr<LabelSource> {
        return std::make_unique<Turning>();
      }};
  return info;
}

struct Fixture : testing::ToyJob {
  Fixture() {
    plug_ins.objectives = {Register<Softmax>("softmax"),   Register<Probe>("probe"),
                           Register<Replace>("replace"),   Register<ClusterHead>("cluster-head"),
                           Register<Opinions>("opinions"), Register<Own>("own"),
                           Register<Faster>("faster")};
    plug_ins.label_sources = {&TurningInfo()};
    job.base.objectives = {{.objective = "softmax"}};
    job.options.epochs = 1;
  }
  // The same training whole, and stopped in `epoch` and resumed.
  void ExpectResumesTheSame(int epoch) {
    const TrainResult whole = Train(job, plug_ins);
    const TemporaryFolder folder;
    job.checkpoint_file = JoinPath(folder.path(), "checkpoint.safetensors");
    g_die_in_epoch = epoch;
    EXPECT_THROW(Train(job, plug_ins), Error);
    g_die_in_epoch = -1;
    const TrainResult resumed = Train(job, plug_ins);
    ExpectEqualWeights(*whole.model, *resumed.model);
    EXPECT_EQ(whole.history, resumed.history);
  }
};

TEST(Interface, ATermRunsOnceForEachEarlierModelAndSharesItsWeight) {
  Fixture f;
  f.AddOldModel("first");
  f.AddOldModel("second");
  f.job.compatibility = {{.objective = "probe", .weight = 3}};
  const TrainResult result = Train(f.job, f.plug_ins);
  const Json& epoch = result.history[0];
  const double first = epoch["probe@first.gap"], second = epoch["probe@second.gap"];
  EXPECT_NE(epoch["probe@first.old_sum"], epoch["probe@second.old_sum"]);
  EXPECT_NEAR(epoch["loss"].get<double>(),
              epoch["softmax.ce"].get<double>() + 1.5 * first + 1.5 * second, 1e-4);
  ASSERT_EQ(result.projections.size(), 2U);
  EXPECT_EQ(result.projections[1].rows(), 0U) << "nothing is projected under `equal`";
}

TEST(Interface, EachEarlierModelHasAProjectionOfItsOwn) {
  Fixture f;
  f.AddOldModel("first");
  f.AddOldModel("second");
  f.job.widths = "project";
  f.job.options.epochs = 3;
  f.job.compatibility = {{.objective = "probe"}};
  const TrainResult result = Train(f.job, f.plug_ins);
  ASSERT_EQ(result.projections.size(), 2U);
  EXPECT_EQ(result.projections[0].rows(), f.job.old_models[0].features.cols());
  EXPECT_NE(result.projections[0].row(0)[0], result.projections[1].row(0)[0]);
  f.ExpectResumesTheSame(2);
}

// Orthogonal widths: the map has orthonormal rows from beginning to end, and it is learned.
TEST(Interface, ARotationIsLearnedAndStaysOne) {
  Fixture f;
  f.AddOldModel();
  f.job.spec.embedding = static_cast<int>(f.job.old_models[0].features.cols()) + 4;
  f.job.widths = "orthogonal";
  f.job.options.epochs = 3;
  f.job.compatibility = {{.objective = "probe"}};
  const TrainResult result = Train(f.job, f.plug_ins);
  ASSERT_EQ(result.projections.size(), 1U);
  const FloatMatrix& map = result.projections[0];
  ASSERT_EQ(map.cols(), map.rows() + 4);
  double off_axis = 0;
  for (size_t i = 0; i < map.rows(); ++i) {
    for (size_t j = 0; j <= i; ++j) {
      double dot = 0;
      for (size_t c = 0; c < map.cols(); ++c) dot += double{map.row(i)[c]} * map.row(j)[c];
      ASSERT_NEAR(dot, i == j ? 1 : 0, 1e-5) << i << " " << j;
    }
    off_axis = std::max(off_axis, std::abs(double{map.row(i)[(i + 1) % map.cols()]}));
  }
  EXPECT_GT(off_axis, 1e-6) << "it is where it began";
  f.ExpectResumesTheSame(2);
}

// In the plane of the first two of three dimensions: a turn by the angle, whatever its size.
TEST(Interface, ARotationTurnsByItsAngle) {
  for (const double angle : {0.0, 0.3, -1.2, 3.1, 6.0}) {
    at::Tensor learned = at::zeros({3, 3}, at::kDouble);
    learned[0][1] = -angle;
    const at::Tensor rows = RotationRows(learned, 2);
    ASSERT_EQ(rows.size(0), 2);
    EXPECT_NEAR(rows[0][0].item<double>(), std::cos(angle), 2e-6) << angle;
    EXPECT_NEAR(rows[0][1].item<double>(), -std::sin(angle), 2e-6) << angle;
    EXPECT_NEAR(rows[1][0].item<double>(), std::sin(angle), 2e-6) << angle;
    EXPECT_NEAR(rows[0][2].item<double>(), 0, 1e-12);
  }
}

TEST(Interface, ARotationCannotReachMoreDimensionsThanThereAre) {
  Fixture f;
  f.AddOldModel();
  f.job.spec.embedding = static_cast<int>(f.job.old_models[0].features.cols()) - 1;
  f.job.widths = "orthogonal";
  f.job.compatibility = {{.objective = "probe"}};
  try {
    Train(f.job, f.plug_ins);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    EXPECT_NE(std::string(error.what()).find("extra_width"), std::string::npos) << error.what();
  }
}

// A term that asks for the model trained alone sees it, cut to its width; all others see the earlier
// one.
TEST(Interface, OnlyTermsThatAskSeeTheModelTrainedAlone) {
  Fixture f;
  f.AddOldModel();
  f.AddOldModel("alone");
  f.job.old_models.back().alone = true;
  f.job.spec.embedding = static_cast<int>(f.job.old_models[0].features.cols()) + 4;
  f.job.widths = "orthogonal";
  f.job.options.epochs = 2;
  ObjectiveUse beside{.objective = "probe"};
  beside.with = ObjectiveUse::With::kAlone;
  f.job.compatibility = {{.objective = "probe"}, beside};
  const TrainResult result = Train(f.job, f.plug_ins);
  EXPECT_TRUE(result.history[0].contains("probe@alone.compatible"));
  EXPECT_TRUE(result.history[0].contains("probe.compatible"));
  ASSERT_EQ(result.projections.size(), 2U);
  EXPECT_GT(result.projections[0].rows(), 0U);
  EXPECT_EQ(result.projections[1].rows(), 0U);
}

TEST(Interface, WhatIsDerivedFollowsTransform) {
  Fixture f;
  f.AddOldModel();
  f.job.compatibility = {{.objective = "replace"}, {.objective = "probe"}};
  const Json epoch = Train(f.job, f.plug_ins).history[0];
  EXPECT_EQ(epoch["probe.compatible"], 0.0);
  EXPECT_EQ(epoch["probe.logit"], 0.0);
}

TEST(Interface, HeadsFollowTheNumberOfClustersAndAreTrained) {
  Fixture f;
  f.job.base.label_source = "turning";
  f.job.base.head = false;
  f.job.base.objectives = {{.objective = "cluster-head"}, {.objective = "opinions"}};
  f.job.options.epochs = 4;
  f.job.options.identities_per_batch = 2;
  const TrainResult result = Train(f.job, f.plug_ins);
  const double expected[4] = {3, 3, 4, 4};
  for (size_t e = 0; e < 4; ++e) {
    const Json& epoch = result.history[e];
    EXPECT_EQ(epoch["cluster-head.classes"], expected[e]);
    EXPECT_GT(epoch["cluster-head.head"].get<double>(), 0.0) << "the head of epoch " << e;
    EXPECT_EQ(epoch["opinions.other"], expected[e] - 2);
    EXPECT_EQ(epoch["opinions.soft"], 0.25);
    EXPECT_EQ(epoch["opinions.columns"], expected[e]);
  }
  EXPECT_NE(result.history[1]["cluster-head.scale"], result.history[3]["cluster-head.scale"]);
  for (const int epoch : {1, 2}) f.ExpectResumesTheSame(epoch);
}

TEST(Interface, AnObjectiveBringsItsOwnOptimiser) {
  Fixture f;
  f.job.base.objectives.push_back({.objective = "own"});
  f.job.options.epochs = 3;
  const TrainResult result = Train(f.job, f.plug_ins);
  const double steps = result.history[0]["steps"].get<double>();
  // Moves by -0.5 a step, seen before each step: the mean of an arithmetic series.
  EXPECT_NEAR(result.history[0]["own.own"].get<double>(), -0.5 * (steps - 1) / 2, 1e-5);
  f.ExpectResumesTheSame(1);
}

TEST(Interface, APartFollowsTheModelsRateTimesItsFactor) {
  Fixture f;
  f.job.base.objectives.push_back({.objective = "faster"});
  f.job.options.epochs = 2;
  f.job.options.schedule.milestones = {2};
  const TrainResult result = Train(f.job, f.plug_ins);
  double reached = 0;  // before the first step of an epoch
  for (const Json& epoch : result.history) {
    const double steps = epoch["steps"], moved = 10 * epoch["learning_rate"].get<double>();
    EXPECT_NEAR(epoch["faster.own"].get<double>(), reached - moved * (steps - 1) / 2, 1e-5);
    reached -= moved * steps;
  }
  EXPECT_LT(result.history[1]["learning_rate"], result.history[0]["learning_rate"]);
  f.ExpectResumesTheSame(1);
}

TEST(Interface, AWeightFollowsItsCurve) {
  Fixture f;
  f.job.options.epochs = 4;
  f.job.base.objectives.push_back(
      {.objective = "own", .weight = 2, .curve = {{0.25, 0}, {0.25, 1}}});
  const TrainResult result = Train(f.job, f.plug_ins);
  EXPECT_EQ(result.history[0]["own.own"], 0.0) << "a weight of 0 moves nothing";
  EXPECT_LT(result.history[1]["own.own"].get<double>(), 0.0);
  const WeightCurve ramp = {{0.2, 0}, {0.6, 1}, {0.6, 3}};
  EXPECT_EQ(FactorAt({}, 0.5), 1.0);
  EXPECT_EQ(FactorAt(ramp, 0), 0.0);
  EXPECT_NEAR(FactorAt(ramp, 0.4), 0.5, 1e-12);
  EXPECT_EQ(FactorAt(ramp, 0.6), 3.0);
  EXPECT_EQ(FactorAt(ramp, 1), 3.0);
  for (const char* bad :
       {"[]", "3", "[[0, 1], [0.5]]", "[[0.5, 1], [0.4, 1]]", "[[0, -1]]", "[[2, 1]]"})
    EXPECT_THROW(ParseWeightCurve(ParseJson(bad, "test"), "test"), Error) << bad;
}

TEST(Interface, GeneratedImagesWithoutLabelFillTheirQuota) {
  Fixture f;
  for (int64_t row = 0; row < 48; ++row) {
    f.job.origins.push_back(row >= 40 ? 1 : 0);
    f.job.domains.push_back(row % 2);
    if (row >= 40) f.job.labels[static_cast<size_t>(row)] = -1;
  }
  f.job.extra_per_batch = 4;
  f.job.base.objectives.push_back({.objective = "probe"});
  const TrainResult result = Train(f.job, f.plug_ins);
  EXPECT_NEAR(result.history[0]["probe.generated"].get<double>(), 0.2, 1e-6) << "4 of 20";
  EXPECT_NEAR(result.history[0]["probe.unlabelled"].get<double>(), 0.2, 1e-6);
  EXPECT_NEAR(result.history[0]["probe.domain"].get<double>(), 0.5, 0.2);
  EXPECT_EQ(result.images, result.steps * 20);
  f.job.origins.clear();
  EXPECT_THROW(Train(f.job, f.plug_ins), Error) << "a quota without anything to fill it";
}

}  // namespace
}  // namespace bcr
