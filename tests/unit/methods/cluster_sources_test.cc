// Every clusterer as a label source of its name.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/cluster/label_order.h"
#include "harness/core/random.h"
#include "methods/support/cluster_labels.h"
#include "tests/unit/cluster/points.h"

namespace bcr {
namespace {

class ClusterSources : public ::testing::TestWithParam<const LabelSourceInfo*> {};

LabelSet Refreshed(LabelSource& source, const FloatMatrix& features, int epoch) {
  EpochStart start;
  start.epoch = epoch;
  start.features = [&]() -> const FloatMatrix& { return features; };
  LabelSet labels;
  EXPECT_TRUE(source.Refresh(start, labels));
  return labels;
}

TEST_P(ClusterSources, LabelsAreTheClusterers) {
  const LabelSourceInfo& source = *GetParam();
  const ClustererInfo& info = FindClusterer(clusterer_table(), source.name);
  const FloatMatrix features = NoisyIdentities(300, 32, 15, 0.3, 1);
  LabelContext context;
  context.seed = 11;
  for (size_t i = 0; i < 300; ++i) {
    context.truth.push_back(static_cast<int64_t>(i % 15));
    context.cameras.push_back(static_cast<int64_t>(i % 2));
  }
  const auto made = MakeLabelSource(ClusterLabelSources(), source.name, "{}", context);
  const LabelSet labels = Refreshed(*made, features, 3);
  ClusterCall call;
  call.seed = DeriveSeed(DeriveSeed(11, info.name), 3);
  EXPECT_EQ(labels.labels, MakeClusterer(info, DefaultsOf(info), "test")(features.view(), call));
  const Json notes = made->Notes();
  ASSERT_EQ(notes.size(), 1U);
  for (const char* figure : {"ari_singletons", "nmi_singletons", "fmi_singletons",
                             "pair_precision_singletons", "pair_recall_singletons"})
    EXPECT_GT(notes[0].at(figure), 0.5) << figure;
}

INSTANTIATE_TEST_SUITE_P(All, ClusterSources, ::testing::ValuesIn(ClusterLabelSources()),
                         [](const auto& test) {
                           std::string name = test.param->name;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace bcr
