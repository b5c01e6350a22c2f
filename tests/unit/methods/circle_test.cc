// Circle loss on pairs: the sheets' vectors, per anchor and of a whole batch.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "tests/unit/methods/learner_batch.h"
#include "tests/unit/methods/pair_batch.h"

namespace bcr {
namespace {

using testing::AtDegrees;
using testing::FillFan;
using testing::FillFeatures;
using testing::LossOf;
using testing::ThroughCosines;
using testing::ValueAndGradient;

// What the formula says of each anchor of the fan: its loss, and the gradient in its cosines.
struct ByAnchor {
  std::vector<double> loss;
  at::Tensor gradient = at::zeros({4, 4}, at::kDouble);
};

ByAnchor Formula(const at::Tensor& x, const std::vector<int64_t>& labels, double m, double gamma) {
  const at::Tensor s = x.matmul(x.t());
  ByAnchor result;
  for (int64_t i = 0; i < 4; ++i) {
    double sums[2] = {0, 0};  // over negatives, over positives
    const auto term = [&](int64_t j, bool same) {
      const double sij = s[i][j].item<double>();
      const double slope = gamma * std::max(0.0, same ? 1 + m - sij : sij + m);
      return std::pair(slope, std::exp(same ? -slope * (sij - 1 + m) : slope * (sij - m)));
    };
    const auto same = [&](int64_t j) {
      return labels[static_cast<size_t>(i)] == labels[static_cast<size_t>(j)];
    };
    for (int64_t j = 0; j < 4; ++j) {
      if (j != i) sums[same(j) ? 1 : 0] += term(j, same(j)).second;
    }
    const double product = sums[0] * sums[1];
    result.loss.push_back(std::log1p(product));
    for (int64_t j = 0; j < 4 && product > 0; ++j) {
      if (j == i) continue;
      const auto [slope, e] = term(j, same(j));
      result.gradient[i][j] =
          (same(j) ? -1 : 1) * slope * e / sums[same(j) ? 1 : 0] * product / (1 + product);
    }
  }
  return result;
}

TEST(Circle, TheFanByAnchors) {
  Batch batch;
  const at::Tensor leaf = FillFan(batch);
  const ByAnchor formula = Formula(leaf.detach(), {0, 0, 1, 1}, 0.25, 8);
  const double losses[] = {1.66511614, 7.08667466, 9.52992814, 3.46921363};
  const double first[] = {0, -3.93877455, 2.33202859, 0};
  for (int64_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(formula.loss[static_cast<size_t>(i)], losses[i], 1e-8);
    EXPECT_NEAR(formula.gradient[0][i].item<double>(), first[i], 1e-6);  // by central differences
  }
  at::Tensor gradient;
  EXPECT_NEAR(ValueAndGradient("circle", {{"gamma", 8.0}}, batch, leaf, &gradient), 5.43773315,
              1e-8);
  const at::Tensor expected = ThroughCosines(formula.gradient / 4, leaf.detach());
  EXPECT_LT((gradient - expected).abs().max().item<double>(), 1e-9);
  EXPECT_NEAR(LossOf("circle", {}, batch), 82.13147281, 1e-7);
  EXPECT_NEAR(LossOf("circle", {{"margin", 0.4}, {"gamma", 80.0}}, batch), 39.20901077, 1e-7);
}

TEST(Circle, AnchorsAndWholeBatchOfSixImages) {
  Batch batch;
  FillFeatures(AtDegrees({0, 20, 60, 90, 100, 170}), {0, 0, 0, 1, 1, 1}, batch);
  EXPECT_NEAR(LossOf("circle", {}, batch), 84.073312, 1e-5);
  EXPECT_NEAR(LossOf("circle", {{"gamma", 32.0}}, batch), 21.311599, 1e-5);
  EXPECT_NEAR(LossOf("circle", {{"form", "batch"}, {"gamma", 32.0}}, batch) * 6, 41.857155, 1e-5);
}

TEST(Circle, AnAnchorWithoutAPositiveCountsAsZero) {
  Batch batch;
  const at::Tensor leaf = FillFan(batch, {0, 0, 0, 1});
  const ByAnchor formula = Formula(leaf.detach(), {0, 0, 0, 1}, 0.25, 8);
  EXPECT_EQ(formula.loss[3], 0);
  at::Tensor gradient;
  EXPECT_NEAR(ValueAndGradient("circle", {{"gamma", 8.0}}, batch, leaf, &gradient),
              (formula.loss[0] + formula.loss[1] + formula.loss[2]) / 4, 1e-9);
  const at::Tensor expected = ThroughCosines(formula.gradient / 4, leaf.detach());
  EXPECT_LT((gradient - expected).abs().max().item<double>(), 1e-9);
}

// An image without a label is nobody's negative: the loss is that of the others.
TEST(Circle, ImagesWithoutALabelTakeNoPart) {
  for (const char* form : {"anchor", "batch"}) {
    Batch with, without;
    FillFeatures(AtDegrees({0, 50, 60, 70, 140}), {0, 0, -1, 1, 1}, with);
    FillFan(without);
    EXPECT_NEAR(LossOf("circle", {{"form", form}}, with),
                LossOf("circle", {{"form", form}}, without), 1e-9);
  }
}

// Float32 at the published gamma, where logits reach 150.
TEST(Circle, Float32KeepsFourDigits) {
  Batch batch;
  FillFan(batch);
  batch.Set(Slot::kBeforeNeck, batch[Slot::kBeforeNeck].to(at::kFloat));
  EXPECT_NEAR(LossOf("circle", {}, batch), 82.13147281, 1e-2);
}

TEST(Circle, ParametersOutOfRangeAreRefused) {
  EXPECT_THROW(testing::MakeNamed("circle", {{"form", "class"}}), Error);
  EXPECT_THROW(testing::MakeNamed("circle", {{"gamma", 0.0}}), Error);
  EXPECT_THROW(testing::MakeNamed("circle", {{"margin", 2.0}}), Error);
}

}  // namespace
}  // namespace bcr
