// Learners that may work before or after the neck: the features that are asked for get the gradient,
// and the loss is the same.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/methods/contract_case.h"

namespace bcr {
namespace {

struct Learner {
  std::string name;
  Json parameters;
  Slot side;
};

std::vector<Learner> Learners() {
  std::vector<Learner> learners = {{"adasp", Json::object(), Slot::kBeforeNeck},
                                   {"adasp-after-neck", Json::object(), Slot::kAfterNeck},
                                   {"triplet", Json::object(), Slot::kBeforeNeck},
                                   {"center", Json::object(), Slot::kBeforeNeck}};
  for (const ObjectiveInfo* info : objective_table()) {
    if (!ParseJson(info->parameters, info->name).contains("side")) continue;
    learners.push_back({info->name, Json::object(), Slot::kBeforeNeck});
    learners.push_back({info->name, {{"side", "after-neck"}}, Slot::kAfterNeck});
  }
  return learners;
}

TEST(Sides, TheChosenFeaturesGetTheGradient) {
  EXPECT_GE(Learners().size(), 4U + 2 * 6);
  const auto scene = testing::MakeScene();
  std::map<std::string, double> values;
  for (const Learner& learner : Learners()) {
    SCOPED_TRACE(learner.name + " " + learner.parameters.dump());
    testing::BatchValues numbers = testing::RandomValues(*scene, 41);
    numbers.numbers[1] = numbers.numbers[0];  // the same before and after the neck
    Batch batch;
    testing::FillBatch(*scene, numbers, true, batch);
    // Maps, which are no features, are made of one here.
    for (const Slot slot : {Slot::kInnerMap, Slot::kMap}) batch.Set(slot, batch[slot].detach());
    const testing::ContractCase one{&FindObjective(objective_table(), learner.name),
                                    DumpJsonCompact(learner.parameters)};
    const at::Tensor total =
        testing::TotalOf(*testing::MakeReady(one, *scene, scene->labels), batch);
    total.backward();
    for (const Slot slot : {Slot::kBeforeNeck, Slot::kAfterNeck})
      EXPECT_EQ(batch[slot].grad().defined(), slot == learner.side) << SlotName(slot);
    const std::string family = learner.name.substr(0, learner.name.find("-after-neck"));
    const auto [known, fresh] = values.try_emplace(family, total.item<double>());
    EXPECT_EQ(known->second, total.item<double>());
  }
}

}  // namespace
}  // namespace bcr
