// What every registered objective promises of unusual batches and of runs that were stopped: the
// cases that training meets, found by itself for each objective.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/methods/contract_case.h"

namespace bcr {
namespace {

using testing::BatchValues;
using testing::ContractCase;
using testing::ExpectFinite;
using testing::FillBatch;
using testing::kLeafSlots;
using testing::MakeReady;
using testing::RandomValues;
using testing::Scene;
using testing::SceneOf;
using testing::TotalOf;

void SetLabels(const std::vector<int64_t>& labels, Batch& batch) {
  batch.labels = labels;
  batch.Set(Slot::kLabels, at::tensor(labels, at::kLong));
  batch.Set(Slot::kValid, batch[Slot::kLabels] >= 0);
}

class ObjectiveBatches : public ::testing::TestWithParam<ContractCase> {
 protected:
  std::unique_ptr<Objective> Ready() const {
    return MakeReady(GetParam(), *scene_, scene_->labels);
  }
  void Fill(uint64_t seed, Batch& batch) const {
    FillBatch(*scene_, RandomValues(*scene_, seed), true, batch);
  }
  const std::unique_ptr<Scene> scene_ = SceneOf(GetParam());
};

// Features as a forward pass in half precision gives them: the loss is that of the same numbers in
// float64, up to float32's rounding.
TEST_P(ObjectiveBatches, HalfPrecisionInputsAreComputedInFloat32) {
  for (const at::ScalarType type : {at::kHalf, at::kBFloat16}) {
    Batch rounded, exact;
    Fill(21, rounded);
    Fill(21, exact);
    for (const Slot slot : kLeafSlots) {
      const at::Tensor values = rounded[slot].detach().to(type);
      rounded.Set(slot, values.clone().set_requires_grad(true));
      exact.Set(slot, values.to(at::kDouble).set_requires_grad(true));
    }
    for (const Slot slot : {Slot::kInnerMap, Slot::kMap}) {
      rounded.Set(slot, rounded[slot].detach().to(type));
      exact.Set(slot, rounded[slot].to(at::kDouble));
    }
    const double expected = TotalOf(*Ready(), exact).item<double>();
    const at::Tensor total = TotalOf(*Ready(), rounded);
    EXPECT_EQ(total.scalar_type(), at::kFloat);
    EXPECT_NEAR(total.item<double>(), expected, 1e-4 * std::max(1.0, std::abs(expected)));
    ExpectFinite(*Ready(), rounded);
  }
}

// One image of each identity, and images that are left out: nobody has a positive.
TEST_P(ObjectiveBatches, WithoutAnyPositiveItIsFinite) {
  Batch batch;
  Fill(22, batch);
  SetLabels({0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1}, batch);
  ExpectFinite(*Ready(), batch);
}

// Generated images have no identity.
TEST_P(ObjectiveBatches, BesideGeneratedImagesItIsFinite) {
  Batch batch;
  Fill(28, batch);
  SetLabels({0, 0, 0, 1, 1, 1, 2, 2, -1, -1, -1, -1}, batch);
  batch.origins = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1};
  batch.Set(Slot::kOrigin, at::tensor(batch.origins, at::kLong));
  ExpectFinite(*Ready(), batch);
}

TEST_P(ObjectiveBatches, OfIdentitiesThatTheOldModelNeverSawItIsFinite) {
  Batch batch;
  Fill(23, batch);
  SetLabels({2, 2, 2, 2, 2, 2, 5, 5, 5, 5, 5, 5}, batch);
  ExpectFinite(*Ready(), batch);
}

TEST_P(ObjectiveBatches, OfFeaturesThatAreZeroItIsFinite) {
  Batch batch;
  Fill(24, batch);
  for (const Slot slot : {Slot::kBeforeNeck, Slot::kAfterNeck, Slot::kCompatible})
    batch.Set(slot, at::zeros_like(batch[slot]).set_requires_grad(true));
  batch.Set(Slot::kOldFeatures, at::zeros_like(batch[Slot::kOldFeatures]));
  ExpectFinite(*Ready(), batch);
}

// The sampler repeats the images of identities that have few.
TEST_P(ObjectiveBatches, OfRepeatedImagesItIsFinite) {
  Batch batch;
  Fill(25, batch);
  const at::Tensor places = at::tensor({0, 0, 0, 3, 3, 3, 6, 6, 6, 9, 9, 9}, at::kLong);
  for (const Slot slot : {Slot::kBeforeNeck, Slot::kAfterNeck, Slot::kCompatible, Slot::kLogits}) {
    batch.Set(slot, batch[slot].detach().index_select(0, places).clone().set_requires_grad(true));
  }
  for (const Slot slot : {Slot::kRows, Slot::kOldFeatures})
    batch.Set(slot, batch[slot].index_select(0, places));
  for (size_t i = 0; i < batch.rows.size(); ++i)
    batch.rows[i] = batch[Slot::kRows][static_cast<int64_t>(i)].item<int64_t>();
  ExpectFinite(*Ready(), batch);
}

TEST_P(ObjectiveBatches, OfClustersItIsFinite) {
  LabelSet clusters = scene_->labels;
  clusters.identities = false;
  for (size_t i = 0; i < clusters.labels.size(); i += 5) clusters.labels[i] = -1;
  for (const char* form : {"old-head", "whole-head"}) {  // they need identities
    if (GetParam().parameters.find(form) != std::string::npos) return;
  }
  Batch batch;
  Fill(26, batch);
  std::vector<int64_t> labels;
  for (const int64_t row : batch.rows) labels.push_back(clusters.labels[static_cast<size_t>(row)]);
  SetLabels(labels, batch);
  ExpectFinite(*MakeReady(GetParam(), *scene_, clusters), batch);
}

TEST_P(ObjectiveBatches, TheOrderOfTheBatchIsOfNoMatter) {
  Batch batch, other;
  Fill(27, batch);
  Fill(27, other);
  const std::vector<int64_t> order = {7, 2, 11, 0, 4, 9, 1, 10, 3, 8, 6, 5};
  const at::Tensor places = at::tensor(order, at::kLong);
  for (const Slot slot : {Slot::kImages, Slot::kBeforeNeck, Slot::kAfterNeck, Slot::kInnerMap,
                          Slot::kMap, Slot::kCompatible, Slot::kLogits, Slot::kLabels, Slot::kValid,
                          Slot::kOrigin, Slot::kCameras, Slot::kDomains, Slot::kRows,
                          Slot::kOldFeatures, Slot::kTeacherLogits, Slot::kTeacherFeatures}) {
    other.Set(slot, batch[slot].index_select(0, places));
  }
  for (size_t i = 0; i < order.size(); ++i) {
    other.rows[i] = batch.rows[static_cast<size_t>(order[i])];
    other.labels[i] = batch.labels[static_cast<size_t>(order[i])];
  }
  const double value = TotalOf(*Ready(), batch).item<double>();
  EXPECT_NEAR(TotalOf(*Ready(), other).item<double>(), value,
              1e-10 * std::max(1.0, std::abs(value)));
}

std::vector<at::Tensor> Learned(Objective& objective) {
  std::vector<at::Tensor> all = objective.Parameters();
  for (const LearnedPart& part : objective.OwnParts())
    all.insert(all.end(), part.parameters.begin(), part.parameters.end());
  return all;
}

TEST_P(ObjectiveBatches, BeforeThereAreLabelsItsParametersAreDefined) {
  const auto objective =
      MakeObjective(*GetParam().info, ParseJson(GetParam().parameters, "test"), "test");
  objective->Prepare(scene_->set);
  for (const at::Tensor& parameter : Learned(*objective)) EXPECT_TRUE(parameter.defined());
}

double StepOf(Objective& objective, const Scene& scene, uint64_t seed) {
  Batch batch;
  FillBatch(scene, RandomValues(scene, seed), true, batch);
  const at::Tensor total = TotalOf(objective, batch);
  total.backward();
  objective.AfterBackward(batch);
  objective.AfterStep(batch);
  return total.item<double>();
}

// The trainer keeps what is learned, the objective keeps what Save names.
TEST_P(ObjectiveBatches, ResumedItGoesOnAsIfItHadNeverStopped) {
  const auto undisturbed = Ready();
  StepOf(*undisturbed, *scene_, 31);
  StepOf(*undisturbed, *scene_, 32);
  std::map<std::string, at::Tensor> saved;
  undisturbed->Save(saved);
  std::map<std::string, at::Tensor> state;
  for (const auto& [name, tensor] : saved) state[name] = tensor.detach().clone();
  const auto resumed =
      MakeObjective(*GetParam().info, ParseJson(GetParam().parameters, "test"), "test");
  resumed->Prepare(scene_->set);
  resumed->OnLabels(scene_->labels);
  const std::vector<at::Tensor> from = Learned(*undisturbed), to = Learned(*resumed);
  ASSERT_EQ(from.size(), to.size());
  {
    const at::NoGradGuard no_grad;
    for (size_t i = 0; i < from.size(); ++i) to[i].copy_(from[i]);
  }
  resumed->Load(state);
  EpochStart start;
  start.epoch = 6;
  start.features = [this]() -> const FloatMatrix& { return scene_->current; };
  start.features_of = [this](const std::string&) -> const FloatMatrix& {
    return scene_->old_model.features;
  };
  undisturbed->BeginEpoch(start);
  resumed->BeginEpoch(start);
  for (const uint64_t seed : {33, 34})
    EXPECT_EQ(StepOf(*resumed, *scene_, seed), StepOf(*undisturbed, *scene_, seed));
}

INSTANTIATE_TEST_SUITE_P(Registered, ObjectiveBatches,
                         ::testing::ValuesIn(testing::AllContractCases()), [](const auto& param) {
                           return testing::NameOf(param.param, param.index);
                         });

}  // namespace
}  // namespace bcr
