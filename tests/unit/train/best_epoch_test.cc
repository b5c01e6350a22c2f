// Which epoch a training keeps: the judge's best, the first of equals, with all that belongs to it.
#include "harness/train/best_epoch.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/nn/model.h"
#include "tests/unit/methods/stopped_training.h"
#include "tests/unit/train/toy_job.h"

namespace bcr {
namespace {

using State = std::map<std::string, at::Tensor>;

State CopyOf(const State& state) {
  State copy;
  for (const auto& [name, tensor] : state) copy[name] = tensor.detach().clone();
  return copy;
}

// Cross-entropy of the head, and of compatible features where there is an earlier model.
class Toy : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    terms.Add("ce", at::cross_entropy_loss(batch[Slot::kLogits], batch[Slot::kLabels]));
    if (batch.Has(Slot::kOldFeatures))
      terms.Add("old", (batch[Slot::kCompatible] - batch[Slot::kOldFeatures]).pow(2).mean());
  }
};

struct Fixture : testing::ToyJob {
  Fixture() : ToyJob(1) {
    static const ObjectiveInfo toy = {
        .name = "toy", .revision = 1, .parameters = "{}", .make = [](JsonReader&) {
          return std::unique_ptr<Objective>(std::make_unique<Toy>());
        }};
    plug_ins.objectives = {&toy};
    job.base.objectives = {{.objective = "toy"}};
    job.options.checkpoint = {"validation", 1};
  }
  // Judges by a list, and keeps what it saw.
  void JudgeBy(const std::vector<double>& values) {
    job.judge = [this, values](Model& model) {
      seen.push_back(CopyOf(model.State()));
      return values.at(seen.size() - 1);
    };
  }
  std::vector<State> seen;
};

void ExpectEqual(const State& a, const State& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, tensor] : a) EXPECT_TRUE(at::equal(tensor, b.at(name))) << name;
}

TEST(BestEpoch, KeepsTheFirstOfTheBest) {
  const at::Tensor weight = at::zeros({2}), count = at::zeros({}, at::kLong);
  const State tensors = {{"weight", weight}, {"count", count}};
  BestEpoch best(tensors);
  EXPECT_EQ(best.epoch(), -1);
  const double values[] = {0.3, 0.5, 0.5, 0.1};
  for (int epoch = 0; epoch < 4; ++epoch) {
    weight.fill_(epoch);
    count.fill_(epoch);
    best.Consider(epoch, values[epoch], tensors);
  }
  EXPECT_EQ(best.epoch(), 1);
  EXPECT_EQ(best.value(), 0.5);
  best.Restore(tensors);
  EXPECT_TRUE(at::equal(weight, at::ones({2})));
  EXPECT_EQ(count.item<int64_t>(), 1);
}

// Also one that is worth less than nothing.
TEST(BestEpoch, TheOnlyOneIsTheBest) {
  const State tensors = {{"weight", at::ones({1})}};
  BestEpoch best(tensors);
  best.Consider(7, -2, tensors);
  EXPECT_EQ(best.epoch(), 7);
  EXPECT_EQ(best.value(), -2);
}

TEST(BestEpoch, TrainingHandsOverTheJudgesChoice) {
  Fixture f;
  f.JudgeBy({0.2, 0.9, 0.9, 0.1});
  const TrainResult result = Train(f.job, f.plug_ins);
  ASSERT_EQ(f.seen.size(), 4U);
  ExpectEqual(CopyOf(result.model->State()), f.seen[1]);
  EXPECT_EQ(result.checkpoint, (Json{{"by", "validation"}, {"epoch", 2}, {"value", 0.9}}));
  EXPECT_EQ(result.history[3]["validation_map"], 0.1);
  EXPECT_EQ(result.history.size(), 4U) << "it went on to the end";
}

TEST(BestEpoch, EveryThirdEpochAndTheLastAreJudged) {
  Fixture f;
  f.job.options.checkpoint.every = 3;
  f.JudgeBy({0.2, 0.1});
  const TrainResult result = Train(f.job, f.plug_ins);
  EXPECT_EQ(f.seen.size(), 2U);
  EXPECT_EQ(result.checkpoint["epoch"], 3);
  EXPECT_FALSE(result.history[0].contains("validation_map"));
  EXPECT_TRUE(result.history[3].contains("validation_map"));
}

// A judge that changes nothing: the same weights as without one, where it likes the last epoch best.
TEST(BestEpoch, JudgingDoesNotDisturbTraining) {
  Fixture plain, judged;
  plain.job.options.checkpoint = {};
  judged.JudgeBy({0.1, 0.2, 0.3, 0.4});
  const TrainResult without = Train(plain.job, plain.plug_ins);
  EXPECT_TRUE(without.checkpoint.is_null());
  testing::ExpectEqualWeights(*without.model, *Train(judged.job, judged.plug_ins).model);
}

TEST(BestEpoch, LearnedMapsAreThoseOfTheEpoch) {
  const auto trained = [](const std::vector<double>& values) {
    Fixture f;
    f.AddOldModel();
    f.job.widths = "project";
    f.JudgeBy(values);
    return std::move(Train(f.job, f.plug_ins).projections.front());
  };
  const FloatMatrix first = trained({0.9, 0.1, 0.1, 0.1}), last = trained({0.1, 0.1, 0.1, 0.9});
  ASSERT_EQ(first.rows(), last.rows());
  EXPECT_NE(first.row(0)[0], last.row(0)[0]);
  Fixture one;
  one.AddOldModel();
  one.job.widths = "project";
  one.job.options.checkpoint = {};
  const FloatMatrix plain = std::move(Train(one.job, one.plug_ins).projections.front());
  EXPECT_EQ(plain.row(0)[0], last.row(0)[0]);
}

// The best epoch, the second, is in what a stopped run left behind.
TEST(BestEpoch, StoppedAndResumedItEndsWithTheSameBytes) {
  Fixture f;
  f.AddOldModel();
  f.job.widths = "project";
  f.job.judge = [](Model& model) {
    const double moved = model.State().at("neck.running_mean").abs().sum().item<double>();
    return -std::abs(moved - 0.05);
  };
  const TrainResult result = testing::TrainWithAndWithoutStops(f);
  EXPECT_FALSE(result.checkpoint.is_null());
}

}  // namespace
}  // namespace bcr
