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
  explicit Changing(size_t rows) : rows_(rows) {}
  bool Refresh(const EpochStart& start, LabelSet& labels) override {
    labels.classes = 2 + start.epoch % 2;
    labels.labels.assign(rows_, -1);  // generated images stand behind the 48 real ones
    for (int64_t i = 0; i < 46; ++i)
      labels.labels[static_cast<size_t>(i)] = (i / 4 + start.epoch) % labels.classes;
    return true;
  }

 private:
  size_t rows_;
};

const LabelSourceInfo& ChangingInfo() {
  static const LabelSourceInfo info = {
      .name = "changing",
      .revision = 1,
      .parameters = "{}",
      .make = [](JsonReader&, const LabelContext& context) -> std::unique_ptr<LabelSource> {
        return std::make_unique<Changing>(context.truth.size());
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
    if (NeedsGenerated(GetParam())) AddGenerated();
    if (info.places == nullptr) return;
    toy_.job.spec.embedding = info.places(ParseJson(use.parameters, "test")).width;
    toy_.job.old_models.clear();
  }
  // A generator that learns next to nothing, of the table.
  void AddGenerated() {
    toy_.plug_ins.augmenters = augmenter_table();
    toy_.job.base.augmenters = {
        {.augmenter = "dcgan",
         .parameters = R"({"channels": 1, "latent": 2, "epochs": 1, "count": 8, "per_batch": 4})"}};
    const size_t width = toy_.job.old_models.front().features.cols();
    toy_.job.added.old_features = [width](size_t, const ImageStore& images) {
      Random random(8);
      FloatMatrix features(images.size(), width);
      for (size_t i = 0; i < images.size() * width; ++i)
        features.data()[i] = static_cast<float>(random.Normal());
      return features;
    };
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

// What works on generated images says so before anything is trained, and in training too.
TEST(ObjectiveOnGeneratedImages, WithoutAnyItIsRefused) {
  ToyJob toy;
  toy.plug_ins.objectives = objective_table();
  toy.plug_ins.augmenters = augmenter_table();
  toy.job.base.objectives = {{.objective = "virtual-labels"}};
  const auto refusal = [](const auto& work) -> std::string {
    try {
      work();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kConfig);
      return error.what();
    }
    return "accepted";
  };
  const auto check = [&] { CheckRecipe(toy.job.base, {}, toy.plug_ins); };
  EXPECT_THAT(refusal([&] { Train(toy.job, toy.plug_ins); }),
              ::testing::HasSubstr("without generated images"));
  EXPECT_THAT(refusal(check), ::testing::HasSubstr("without generated images"));
  toy.job.base.augmenters = {{.augmenter = "dcgan", .parameters = R"({"per_batch": 0})"}};
  EXPECT_THAT(refusal(check), ::testing::HasSubstr("without generated images"));
  toy.job.base.augmenters = {{.augmenter = "dcgan"}};
  EXPECT_EQ(refusal(check), "accepted");
}

INSTANTIATE_TEST_SUITE_P(All, ObjectiveTrains, ::testing::ValuesIn(AllContractCases()),
                         [](const auto& one) { return NameOf(one.param, one.index); });

}  // namespace
}  // namespace bcr::testing
