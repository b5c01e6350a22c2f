// Every registered objective trains inside Train, as a user's run calls it: with the labels given, and
// with those of a clustering that change; a run that is stopped and resumed ends with the same bytes.
#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "tests/unit/methods/contract_case.h"
#include "tests/unit/methods/stopped_training.h"

namespace bcr::testing {
namespace {

// Another partition into 2 or 3 classes before every epoch: what clustering does to objectives.
class Changing : public LabelSource {
 public:
  bool Refresh(const EpochStart& start, LabelSet& labels) override {
    labels.classes = 2 + start.epoch % 2;
    labels.labels.assign(48, -1);
    for (int64_t i = 0; i < 46; ++i)
      labels.labels[static_cast<size_t>(i)] = (i / 4 + start.epoch) % labels.classes;
    return true;
  }
};

const LabelSourceInfo& ChangingInfo() {
  static const LabelSourceInfo info = {
      .name = "changing",
      .revision = 1,
      .parameters = "{}",
      .make = [](JsonReader&, const LabelContext&) -> std::unique_ptr<LabelSource> {
        return std::make_unique<Changing>();
      }};
  return info;
}

std::string MakeComplete(const std::string& defaults, const std::string& own) {
  Json whole = ParseJson(defaults, "defaults");
  whole.update(ParseJson(own, "own"));
  return DumpJsonCompact(whole);
}

class ObjectiveTrains : public ::testing::TestWithParam<ContractCase> {
 protected:
  ObjectiveTrains() {
    const ObjectiveInfo& info = *GetParam().info;
    toy_.AddOldModel();
    Random random(3);
    OldModel& old = toy_.job.old_models.front();
    old.head = FloatMatrix(4, old.features.cols());
    for (size_t i = 0; i < old.head.rows() * old.head.cols(); ++i)
      old.head.data()[i] = static_cast<float>(random.Normal());
    toy_.plug_ins.objectives = objective_table();
    toy_.job.base.objectives = {{.objective = "identity"}};
    ObjectiveUse use{.objective = info.name, .weight = 0.5};
    use.parameters = GetParam().parameters;
    toy_.job.compatibility = {use};
    toy_.job.options.epochs = 2;
    if (info.places == nullptr) return;
    toy_.job.spec.embedding = info.places(ParseJson(use.parameters, "test")).width;
    toy_.job.old_models.clear();
  }
  ToyJob toy_;
};

TEST_P(ObjectiveTrains, OnIdentities) {
  const TrainResult trained = TrainWithAndWithoutStops(toy_);
  toy_.job.compatibility = {};
  const auto with = trained.model->State(), without = Train(toy_.job, toy_.plug_ins).model->State();
  bool differs = false;
  for (const auto& [name, tensor] : with) differs |= !at::equal(tensor, without.at(name));
  EXPECT_TRUE(differs) << "it changes nothing";
}

TEST_P(ObjectiveTrains, OnLabelsThatChange) {
  toy_.plug_ins.label_sources = {&ChangingInfo()};
  toy_.job.base.label_source = "changing";
  toy_.job.base.head = false;
  toy_.job.base.objectives = {{.objective = "triplet"}};
  for (OldModel& old : toy_.job.old_models) old.class_of.clear();
  const ObjectiveInfo& info = *GetParam().info;
  const std::string parameters =
      MakeComplete(info.parameters, toy_.job.compatibility.front().parameters);
  // Such methods are left out where labels change (plan/left_out.h).
  if (info.needs_head != nullptr && info.needs_head(ParseJson(parameters, "test")))
    GTEST_SKIP() << "it needs a classifier";
  try {
    TrainWithAndWithoutStops(toy_);
  } catch (const Error& error) {  // a form that needs identities says so before anything is trained
    EXPECT_EQ(error.code(), ErrorCode::kConfig) << error.what();
    EXPECT_THAT(error.what(), ::testing::HasSubstr("identities in common")) << info.name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ObjectiveTrains, ::testing::ValuesIn(AllContractCases()),
                         [](const auto& one) { return NameOf(one.param, one.index); });

}  // namespace
}  // namespace bcr::testing
