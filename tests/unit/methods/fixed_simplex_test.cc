// The fixed simplex classifier against its corners written out, and which corner a person has.
#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "methods/support/tensor_ops.h"
#include "tests/unit/methods/pair_batch.h"

namespace bcr {
namespace {

using testing::MakeNamed;
using testing::Rows;

// As the literature constructs them: K x (K - 1).
at::Tensor Corners(int64_t people) {
  const int64_t d = people - 1;
  const double last = (1 - std::sqrt(1.0 + static_cast<double>(d))) / static_cast<double>(d);
  at::Tensor corners = at::cat({at::eye(d, at::kDouble), at::full({1, d}, last, at::kDouble)});
  corners = corners - corners.mean(0, /*keepdim=*/true);
  return corners / corners.norm(2, 1, /*keepdim=*/true);
}

TrainingSet SetOf(int width, int64_t classes, std::vector<int64_t> people = {}) {
  TrainingSet set;
  set.classes = classes;
  set.feature_width = width;
  set.people = std::move(people);
  return set;
}

// -log softmax of the first row of features at each class in turn.
std::vector<double> LossesOf(Objective& objective, const at::Tensor& feature, int64_t classes) {
  std::vector<double> losses;
  for (int64_t k = 0; k < classes; ++k) {
    Batch batch;
    batch.labels = {k};
    batch.Set(Slot::kAfterNeck, feature);
    batch.Set(Slot::kLabels, at::tensor({k}, at::kLong));
    batch.Set(Slot::kValid, at::ones({1}, at::kBool));
    Terms terms;
    objective.Compute(batch, terms);
    losses.push_back(terms.value(0).item<double>());
  }
  return losses;
}

TEST(FixedSimplex, CornersAreEquallyFarApart) {
  for (const int64_t people : {2, 4, 50}) {
    const at::Tensor corners = Corners(people);
    const double cosine = -1.0 / static_cast<double>(people - 1);
    const at::Tensor expected = at::eye(people, at::kDouble) * (1 - cosine) + cosine;
    EXPECT_TRUE(at::allclose(corners.matmul(corners.t()), expected, 1e-12, 1e-12));
  }
}

TEST(FixedSimplex, IsTheCrossEntropyAgainstThem) {
  const at::Tensor feature = Rows({0.7, -2.0, 1.5}, 3);
  const at::Tensor log_p = at::log_softmax(feature.matmul(Corners(4).t()), 1);
  auto objective = MakeNamed("fixed-simplex", {{"people", 4}});
  objective->Prepare(SetOf(3, 4));
  const std::vector<double> losses = LossesOf(*objective, feature, 4);
  for (int64_t k = 0; k < 4; ++k)
    EXPECT_NEAR(losses[static_cast<size_t>(k)], -log_p[0][k].item<double>(), 1e-12) << k;
}

TEST(FixedSimplex, APersonKeepsTheirPlaceWhateverTheClassIsCalled) {
  const at::Tensor feature = Rows({0.7, -2.0, 1.5}, 3);
  auto all = MakeNamed("fixed-simplex", {{"people", 4}});
  all->Prepare(SetOf(3, 4));
  auto some = MakeNamed("fixed-simplex", {{"people", 4}});
  some->Prepare(SetOf(3, 2, {3, 1}));
  LabelSet labels;
  labels.labels = {0, 1};
  labels.classes = 2;
  labels.identities = true;
  some->OnLabels(labels);
  const std::vector<double> wide = LossesOf(*all, feature, 4);
  EXPECT_EQ(LossesOf(*some, feature, 2), (std::vector<double>{wide[3], wide[1]}));
}

TEST(FixedSimplex, WidthsAndPeopleThatDoNotFitAreRefused) {
  const auto refuse = [](const TrainingSet& set, const char* part) {
    try {
      MakeNamed("fixed-simplex", {{"people", 4}})->Prepare(set);
      FAIL();
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr(part));
    }
  };
  refuse(SetOf(5, 2), "width 5");
  refuse(SetOf(3, 5), "person number 5");
  refuse(SetOf(3, 2, {0, 4}), "person number 5");
}

}  // namespace
}  // namespace bcr
