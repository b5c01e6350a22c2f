// NCCL and HOC by the vectors of their formulas.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/unit/methods/pair_batch.h"
#include "tests/unit/methods/small_set.h"

namespace bcr {
namespace {

using testing::FillPairs;
using testing::LossOf;
using testing::Rows;
using testing::SmallSet;

double Term(Objective& objective, const Batch& batch, size_t i) {
  Terms terms;
  objective.Compute(batch, terms);
  return terms.value(i).item<double>();
}

// A new feature along the first axis, old ones at similarities 0.8, 0.6 and 0.1 to it; the old
// feature of its own image has similarity 0.9 and 0.5 to the two positives.
TEST(Nccl, ConsensusWeighsThePositives) {
  const double s[3] = {0.8, 0.6, 0.1};
  const at::Tensor queue = Rows({s[0], std::sqrt(1 - s[0] * s[0]), 0, 0,  //
                                 s[1], 0, std::sqrt(1 - s[1] * s[1]), 0,  //
                                 s[2], 0, 0, std::sqrt(1 - s[2] * s[2])},
                                4);
  // The own old feature solves <o, q_0> = 0.9 and <o, q_1> = 0.5.
  const double x = 0.6, y = (0.9 - s[0] * x) / std::sqrt(1 - s[0] * s[0]),
               z = (0.5 - s[1] * x) / std::sqrt(1 - s[1] * s[1]);
  const double rest = 1 - x * x - y * y - z * z;
  ASSERT_GE(rest, 0);
  std::vector<std::vector<float>> old;
  for (int64_t i = 0; i < 3; ++i) {
    old.emplace_back();
    for (int64_t k = 0; k < 4; ++k) old.back().push_back(queue[i][k].item<float>());
  }
  const SmallSet scene(old, {0, 0, 1});
  const auto objective = scene.Make("nccl", {{"discrimination", 0.0}});
  Batch filled;  // the three images enter the queue
  scene.Fill({0, 1, 2}, std::vector<double>(12, 1.0), filled);
  objective->AfterStep(filled);
  Batch batch;
  FillPairs(Rows({2, 0, 0, 0}, 4), Rows({x, y, z, std::sqrt(rest)}, 4), {0}, batch, {0});
  batch.rows.clear();  // the image itself is not in the queue of this vector
  batch.labels.clear();
  EXPECT_NEAR(Term(*objective, batch, 0), 0.788614, 1e-6);
}

TEST(Nccl, TheQueueKeepsTheLastImagesAndTheBatch) {
  const SmallSet scene({{1, 0}, {0, 1}, {1, 1}, {1, -1}}, {0, 1, 0, 1});
  const auto objective = scene.Make("nccl", {{"queue", 3}, {"discrimination", 0.0}});
  const auto queued = [&](const std::vector<int64_t>& rows) {
    Batch batch;
    scene.Fill(rows, std::vector<double>(2 * rows.size(), 1.0), batch);
    Terms terms;
    objective->Compute(batch, terms);
    objective->AfterStep(batch);
    return terms.logged().at("queue");
  };
  EXPECT_EQ(queued({0, 1}), 2);
  EXPECT_EQ(queued({2}), 3);
  EXPECT_EQ(queued({3, 0}), 3);
  std::map<std::string, at::Tensor> state;
  objective->Save(state);
  EXPECT_TRUE(at::equal(state.at("queue"), at::tensor({2, 3, 0}, at::kLong)));
}

// The short way to L_dis against rows of logits.
TEST(Nccl, DiscriminationComparesCosineLogits) {
  const SmallSet scene({{1, 0}, {0, 1}, {1, 1}}, {0, 1, 0});
  const auto objective =
      scene.Make("nccl", {{"embedding", 0.0}, {"discrimination", 1.0}, {"temperature", 0.5}});
  Batch batch;
  scene.Fill({0, 1, 2}, {1, 2, -1, 3, 0.5, 0.1}, batch);
  const auto leaf = [](const std::vector<double>& values) {
    return Rows(values, 2).set_requires_grad(true);
  };
  const std::vector<double> rows = {1, 2, -1, 3, 0.5, 0.1}, classes = {1, 0.5, -2, 1, 0.3, 0.9};
  batch.Set(Slot::kHeadWeight, leaf(classes));
  batch.Set(Slot::kAfterNeck, leaf(rows));
  const auto unit = [](const at::Tensor& values) { return values / values.norm(2, 1, true); };
  const at::Tensor head = leaf(classes), fresh = leaf(rows);
  const at::Tensor old = unit(batch[Slot::kOldFeatures]);
  const at::Tensor old_logits = old.matmul(unit(head).t()).detach();
  const at::Tensor logs =
      (unit(fresh).matmul(unit(head).t()).matmul(old_logits.t()) / 0.5).log_softmax(1);
  const at::Tensor weights = 0.5 * (1 + old.matmul(old.t()));
  const at::Tensor same = Rows({1, 0, 1, 0, 1, 0, 1, 0, 1}, 3);
  const at::Tensor expected = -((weights * logs * same).sum(1) / same.sum(1)).mean();
  Terms terms;
  objective->Compute(batch, terms);
  EXPECT_NEAR(terms.value(1).item<double>(), expected.item<double>(), 1e-6);
  expected.backward();
  terms.value(1).backward();
  EXPECT_TRUE(at::allclose(batch[Slot::kAfterNeck].grad(), fresh.grad(), 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(batch[Slot::kHeadWeight].grad(), head.grad(), 1e-5, 1e-6));
}

// An image half way between all centres says nothing; one at its centre does.
TEST(Nccl, CredibilityLooksAtAllCentres) {
  const SmallSet scene(
      {{1, 0, 0}, {1, 0.1F, 0}, {0, 1, 0}, {0, 1, 0.1F}, {0, 0, 1}, {0.1F, 0, 1}, {1, 1, 1}},
      {0, 0, 1, 1, 2, 2, 2});
  const auto all = scene.Make("nccl", {{"discrimination", 0.0}});
  const auto filtered = scene.Make("nccl", {{"discrimination", 0.0}, {"credible", true}});
  Batch clear, unclear;
  scene.Fill({0, 1, 2, 3}, {1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0}, clear);
  EXPECT_NEAR(Term(*filtered, clear, 0), Term(*all, clear, 0), 1e-9);
  scene.Fill({0, 1, 6}, {1, 0, 0, 1, 0, 0, 1, 1, 1}, unclear);
  EXPECT_GT(std::abs(Term(*filtered, unclear, 0) - Term(*all, unclear, 0)), 1e-3);
}

TEST(Hoc, AsPublishedItCanBeNegative) {
  Batch batch;
  // Old features that are the axes: <o_i, n_j> are the new features' coordinates.
  const double third[2] = {std::sqrt(1 - 0.9 * 0.9 - 0.2 * 0.2),
                           std::sqrt(1 - 0.1 * 0.1 - 0.8 * 0.8)};
  FillPairs(Rows({0.9, 0.2, third[0], 0.1, 0.8, third[1]}, 3), Rows({1, 0, 0, 0, 1, 0}, 3), {0, 1},
            batch);
  EXPECT_NEAR(LossOf("hoc", Json::object(), batch), -6.779905, 1e-6);
}

TEST(Hoc, ImagesWithoutAnIdentityTakeNoPart) {
  Batch two, three;
  FillPairs(Rows({1, 0.2, 0.1, 0.8}, 2), Rows({1, 0, 0, 1}, 2), {0, 1}, two);
  FillPairs(Rows({1, 0.2, 0.1, 0.8, 1, 1}, 2), Rows({1, 0, 0, 1, 1, 1}, 2), {0, 1, -1}, three);
  EXPECT_NEAR(LossOf("hoc", Json::object(), two), LossOf("hoc", Json::object(), three), 1e-12);
}

}  // namespace
}  // namespace bcr
