// Graph correlation learning and the selective update of a memory, against
// tests/golden/unsupervised.json, which a plain program computes row by row; and that a graph which
// refines nothing leaves Cluster Contrast as it is.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/train/label_source.h"
#include "methods/support/cluster_memory.h"
#include "methods/support/correlation_graph.h"
#include "methods/support/tensor_ops.h"
#include "tests/unit/methods/golden_tensors.h"
#include "tests/unit/methods/pair_batch.h"
#include "tests/unit/methods/stopped_training.h"

namespace bcr {
namespace {

using testing::GoldenRows;
using testing::LargestGap;
using testing::LossOf;
using testing::MakeNamed;

struct Scene {
  const Json file = testing::UnsupervisedGolden("graph");
  LabelSet labels;
  TrainingSet set;
  at::Tensor features;  // a leaf
  Batch batch;
  Scene() {
    labels.labels = file.at("listed").get<std::vector<int64_t>>();
    labels.classes = file.at("classes").get<int64_t>();
    set.rows = static_cast<int64_t>(labels.labels.size());
    set.feature_width = 5;
    batch.rows = file.at("rows").get<std::vector<int64_t>>();
    for (const int64_t row : batch.rows)
      batch.labels.push_back(labels.labels[static_cast<size_t>(row)]);
    features = GoldenRows(file.at("features")).set_requires_grad(true);
    batch.Set(Slot::kAfterNeck, features);
    batch.Set(Slot::kRows, at::tensor(batch.rows, at::kLong));
    batch.Set(Slot::kLabels, at::tensor(batch.labels, at::kLong));
    batch.Set(Slot::kValid, batch[Slot::kLabels] >= 0);
  }
  FloatMatrix Table() const { return ToMatrix(GoldenRows(file.at("table"))); }
  at::Tensor Weights() const { return GoldenRows(file.at("weights")); }
  // Told about the set, with these weights, at the start of an epoch.
  std::unique_ptr<Objective> Ready(const Json& parameters, const at::Tensor& weights) {
    std::unique_ptr<Objective> objective = MakeNamed("graph-nce", parameters);
    objective->Prepare(set);
    objective->OnLabels(labels);
    {
      const at::NoGradGuard no_grad;
      objective->Parameters().front().copy_(weights);
    }
    FloatMatrix rows = Table();
    EXPECT_TRUE(objective->Refined(rows));
    EpochStart start;
    start.features = [&rows]() -> const FloatMatrix& { return rows; };
    objective->BeginEpoch(start);
    return objective;
  }
};

TEST(CorrelationGraph, RefinesASetAndABatchAsTheReferenceDoes) {
  Scene scene;
  for (const Json& one : scene.file.at("cases")) {
    SCOPED_TRACE(one.at("parameters").dump());
    FloatMatrix rows = scene.Table();
    const auto objective = scene.Ready(one.at("parameters"), scene.Weights());
    EXPECT_TRUE(objective->Refined(rows));
    EXPECT_LT(LargestGap(FromMatrix(rows), GoldenRows(one.at("table"))), 1e-5);
    EXPECT_GT(LargestGap(FromMatrix(rows), FromMatrix(scene.Table())), 0.01);
    GraphChoice choice;
    choice.batch_neighbours = one.at("parameters").at("batch_neighbours").get<int>();
    choice.reciprocal = one.at("parameters").at("reciprocal").get<bool>();
    choice.temperature = one.at("parameters").at("graph_temperature").get<double>();
    const at::Tensor refined =
        RefineBatch(UnitRows(scene.features), scene.Weights(), scene.batch[Slot::kRows], choice);
    EXPECT_LT(LargestGap(refined.detach(), GoldenRows(one.at("batch"))), 1e-9);
  }
}

TEST(GraphNce, ValuesAndGradientsAreTheReferences) {
  for (size_t i = 0; i < 4; ++i) {
    Scene scene;
    const Json one = scene.file.at("cases").at(i);
    SCOPED_TRACE(one.at("parameters").dump());
    const auto objective = scene.Ready(one.at("parameters"), scene.Weights());
    const at::Tensor loss = LossOf(*objective, scene.batch);
    // The memory and W are float32.
    EXPECT_NEAR(loss.item<double>(), one.at("value").get<double>(), 2e-5);
    loss.backward();
    const at::Tensor expected = GoldenRows(one.at("gradient"));
    EXPECT_LT(LargestGap(scene.features.grad(), expected),
              2e-5 * expected.abs().max().item<double>());
    const at::Tensor of_weights = GoldenRows(one.at("gradient_of_weights"));
    EXPECT_LT(LargestGap(objective->Parameters().front().grad(), of_weights),
              2e-5 * of_weights.abs().max().item<double>());
  }
}

// What the reference cannot show of rows that nobody is near to: a row of its own in A.
TEST(CorrelationGraph, ARowWithoutNeighboursIsMovedByItselfAlone) {
  // 0 and 1 are near each other, 2 has 1 for its nearest, which does not return it.
  const at::Tensor x =
      UnitRows(at::tensor({1.0, 0.0, 1.0, 0.1, 0.0, 1.0}, at::kDouble).view({3, 2}));
  const at::Tensor w = at::tensor({0.0, 2.0, -2.0, 0.0}, at::kDouble).view({2, 2});
  GraphChoice choice;
  choice.batch_neighbours = 1;
  const at::Tensor refined = RefineBatch(x, w, at::arange(3), choice);
  // (0, 1) + (0, 1) W = (-2, 1), made unit.
  EXPECT_NEAR(refined[2][0].item<double>(), -2 / std::sqrt(5.0), 1e-12);
  EXPECT_NEAR(refined[2][1].item<double>(), 1 / std::sqrt(5.0), 1e-12);
  FloatMatrix rows = ToMatrix(x);
  choice.neighbours = 1;
  RefineRows(rows, w, choice);
  EXPECT_LT(LargestGap(FromMatrix(rows), refined), 1e-6);
}

TEST(CorrelationGraph, WeightsOfZeroLeaveEveryBit) {
  Scene scene;
  FloatMatrix rows = scene.Table();
  RefineRows(rows, at::zeros({5, 5}), {});
  EXPECT_TRUE(at::equal(FromMatrix(rows), FromMatrix(scene.Table())));
}

// At the start W is 0: loss and gradient are those of ClusterNCE.
TEST(GraphNce, BeginsAsClusterNce) {
  Scene with, without;
  const auto graph = with.Ready(Json::object(), at::zeros({5, 5}));
  const auto plain = MakeNamed("cluster-nce", Json::object());
  plain->Prepare(without.set);
  plain->OnLabels(without.labels);
  const FloatMatrix rows = without.Table();
  EpochStart start;
  start.features = [&rows]() -> const FloatMatrix& { return rows; };
  plain->BeginEpoch(start);
  const at::Tensor a = LossOf(*graph, with.batch), b = LossOf(*plain, without.batch);
  EXPECT_NEAR(a.item<double>(), b.item<double>(), 1e-12);
  a.backward();
  b.backward();
  EXPECT_LT(LargestGap(with.features.grad(), without.features.grad()), 1e-12);
  EXPECT_GT(graph->Parameters().front().grad().abs().max().item<double>(), 1e-4)
      << "W can leave its start";
}

TEST(SelectiveMemory, MovesByTheReferencesRows) {
  const Json file = testing::UnsupervisedGolden("memory");
  const auto labels = file.at("labels").get<std::vector<int64_t>>();
  for (const Json& one : file.at("cases")) {
    const at::Tensor memory = GoldenRows(file.at("memory")).to(at::kFloat);
    UpdateMemory(memory, GoldenRows(file.at("batch")).to(at::kFloat), labels,
                 {.momentum = one.at("momentum").get<double>(),
                  .low = one.at("low").get<double>(),
                  .high = one.at("high").get<double>()});
    EXPECT_LT(LargestGap(memory, GoldenRows(one.at("memory"))), 1e-6)
        << one.at("low") << " to " << one.at("high");
  }
}

// m = (1, 0) and rows at 10, 20, 30 and 40 degrees in another order: the middle half are those at 20 and
// 30, in the order of the batch.
TEST(SelectiveMemory, TheMiddleHalfByHand) {
  const auto at_degrees = [](double degrees) {
    return std::vector<double>{std::cos(degrees * M_PI / 180), std::sin(degrees * M_PI / 180)};
  };
  std::vector<double> values;
  for (const double degrees : {30.0, 40.0, 10.0, 20.0}) {
    for (const double value : at_degrees(degrees)) values.push_back(value);
  }
  const at::Tensor memory = at::tensor({1.0F, 0.0F}).view({1, 2});
  UpdateMemory(memory, at::tensor(values, at::kFloat).view({4, 2}), {0, 0, 0, 0},
               {.momentum = 0, .low = 0.25, .high = 0.75});
  // Nothing of the old value is kept: the last one that it moves with is what it is.
  EXPECT_NEAR(memory[0][0].item<double>(), at_degrees(20)[0], 1e-6);
  EXPECT_NEAR(memory[0][1].item<double>(), at_degrees(20)[1], 1e-6);
}

TEST(SelectiveMemory, ABandMustNotEndBeforeItBegins) {
  EXPECT_THROW(MakeNamed("cluster-nce", {{"band_low", 0.8}}), Error);
  EXPECT_NO_THROW(MakeNamed("cluster-nce", {{"band_low", 0.75}, {"update", "selective"}}));
}

// Before the first epoch nothing is refined: labels are those of Cluster Contrast to the last one. A run
// that is stopped and resumed refines by the weights that it had learned.
struct Fixture : testing::ToyJob {
  explicit Fixture(const std::string& objective) {
    plug_ins.objectives = objective_table();
    plug_ins.label_sources = label_source_table();
    job.base.label_source = "cluster-contrast";
    job.base.label_source_parameters = R"({"k1": 8, "k2": 3, "eps": 0.7, "min_samples": 2})";
    job.base.head = false;
    job.base.objectives = {{.objective = objective}};
    job.options.epochs = 3;
    job.options.schedule = {3e-3, 0, 1, {}, 1};
  }
};

TEST(GraphNce, BeforeTheFirstEpochLabelsAreThoseOfClusterContrast) {
  Fixture graph("graph-nce"), plain("cluster-nce");
  const TrainResult a = Train(graph.job, graph.plug_ins), b = Train(plain.job, plain.plug_ins);
  EXPECT_EQ(a.label_notes[0], b.label_notes[0]);
  EXPECT_EQ(a.history[0]["steps"], b.history[0]["steps"]);
  EXPECT_GT(a.history[2]["graph-nce.moved"], 1e-6) << "W has left its start";
}

TEST(GraphNce, StoppedAndResumedItEndsWithTheSameBytes) {
  Fixture f("graph-nce");
  f.job.base.objectives[0].parameters = R"({"update": "selective"})";
  testing::TrainWithAndWithoutStops(f);
}

}  // namespace
}  // namespace bcr
