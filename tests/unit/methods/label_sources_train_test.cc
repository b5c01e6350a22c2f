// Every registered label source trains inside Train, as a user's run calls it: a run that is stopped and
// resumed ends with the same bytes, and ground truth, which is there for the notes alone, decides nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/train/label_source.h"
#include "methods/support/cluster_labels.h"
#include "tests/unit/methods/stopped_training.h"

namespace bcr::testing {
namespace {

// Numbers for 48 images of six people, in the place of those for thousands.
std::string SmallParameters(const LabelSourceInfo& info) {
  const Json small = {{"k1", 6},       {"k2", 2},         {"eps", 0.7}, {"min_samples", 2},
                      {"min_size", 2}, {"farthest", 0.9}, {"k", 5},     {"images_per_cluster", 8},
                      {"rho", 0.1}};
  Json own = Json::object();
  const Json known = ParseJson(info.parameters, info.name);
  for (const auto& [key, value] : small.items()) {
    if (known.contains(key)) own[key] = value;
  }
  return DumpJsonCompact(own);
}

std::vector<const LabelSourceInfo*> AllSources() {
  std::vector<const LabelSourceInfo*> all = label_source_table();
  for (const LabelSourceInfo* info : ClusterLabelSources()) all.push_back(info);
  return all;
}

class LabelSourceTrains : public ::testing::TestWithParam<const LabelSourceInfo*> {
 protected:
  LabelSourceTrains() {
    const LabelSourceInfo& info = *GetParam();
    toy_.plug_ins.objectives = objective_table();
    toy_.plug_ins.label_sources = AllSources();
    toy_.job.base.label_source = info.name;
    toy_.job.base.label_source_parameters = SmallParameters(info);
    toy_.job.base.head = false;
    toy_.job.base.objectives = {
        {.objective = info.name == "spcl" ? "hybrid-memory" : "cluster-nce"}};
    toy_.job.options.epochs = 3;
  }
  ToyJob toy_;
};

TEST_P(LabelSourceTrains, StoppedAndResumedItEndsWithTheSameBytes) {
  const TrainResult trained = TrainWithAndWithoutStops(toy_);
  EXPECT_EQ(trained.history.size(), 3U);
}

TEST_P(LabelSourceTrains, GroundTruthDecidesNothing) {
  const TrainResult plain = Train(toy_.job, toy_.plug_ins);
  std::vector<int64_t>& truth = toy_.job.labels;
  const std::vector<int64_t> given = truth;
  std::rotate(truth.begin(), truth.begin() + 5, truth.end());
  ASSERT_NE(truth, given);
  const TrainResult permuted = Train(toy_.job, toy_.plug_ins);
  ExpectEqualWeights(*plain.model, *permuted.model);
  std::fill(truth.begin(), truth.end(), -1);
  ExpectEqualWeights(*plain.model, *Train(toy_.job, toy_.plug_ins).model);
  if (plain.label_notes.empty()) return;
  EXPECT_NE(plain.label_notes, permuted.label_notes) << "the notes are of the truth";
}

INSTANTIATE_TEST_SUITE_P(All, LabelSourceTrains, ::testing::ValuesIn(AllSources()),
                         [](const auto& one) {
                           std::string name = one.param->name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace bcr::testing
