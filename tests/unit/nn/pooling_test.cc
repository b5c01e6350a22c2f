#include "harness/nn/pooling.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace bcr {
namespace {

at::Tensor Map() { return at::arange(0, 4, at::kFloat).view({1, 1, 2, 2}); }

TEST(GemPool, VectorOfTheSheet) {
  EXPECT_NEAR(GemPool(Map(), at::full({1}, 3.0)).item<double>(), 2.080084, 1e-6);
}

TEST(GemPool, PowerOneIsTheClampedMean) {
  EXPECT_NEAR(GemPool(Map(), at::full({1}, 1.0)).item<double>(), 1.5, 1e-6);
}

TEST(GemPool, NegativeValuesAreClamped) {
  EXPECT_NEAR(GemPool(-Map() - 1, at::full({1}, 3.0)).item<double>(), 1e-6, 1e-8);
}

TEST(GemPool, EachChannelIsPooledAlone) {
  const at::Tensor map = at::cat({Map(), Map() * 2}, 1);
  const at::Tensor pooled = GemPool(map, at::full({1}, 3.0));
  EXPECT_EQ(pooled.sizes().vec(), (std::vector<int64_t>{1, 2}));
  EXPECT_NEAR(pooled[0][1].item<double>(), 2 * 2.080084, 2e-6);
}

TEST(GemPool, PowerHasAGradient) {
  const at::Tensor p = at::full({1}, 3.0, at::kDouble).requires_grad_(true);
  const at::Tensor map = Map().to(at::kDouble);
  GemPool(map, p).sum().backward();
  const auto value = [&](double power) {
    return GemPool(map, at::full({1}, power, at::kDouble)).item<double>();
  };
  const double h = 1e-5;
  EXPECT_NEAR(p.grad().item<double>(), (value(3 + h) - value(3 - h)) / (2 * h), 1e-8);
}

TEST(AveragePool, IsTheMean) { EXPECT_NEAR(AveragePool(Map()).item<double>(), 1.5, 1e-6); }

}  // namespace
}  // namespace bcr
