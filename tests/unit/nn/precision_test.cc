#include "harness/nn/precision.h"

#include <ATen/autocast_mode.h>
#include <gmock/gmock.h>

#include "harness/nn/model.h"
#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using testing::Images;
using testing::MessageOf;
using testing::SameBytes;

at::Tensor Features(const std::string& precision, bool training = false) {
  const auto model = Model::Make({}, 3);
  model->SetPrecision(precision);
  model->SetTraining(training);
  at::Tensor after;
  model->Forward(Images(4, 64, 32), nullptr, &after, nullptr);
  return after;
}

TEST(Precision, Bf16FeaturesAreFloat32AndNearThoseOfFp32) {
  const at::Tensor exact = Features("fp32"), rounded = Features("bf16");
  EXPECT_EQ(rounded.scalar_type(), at::kFloat);
  EXPECT_FALSE(SameBytes(exact, rounded)) << "bf16 changed nothing: was it used?";
  // Eight bits of mantissa through six blocks: a few per cent of the feature's length.
  EXPECT_LT((exact - rounded).norm().item<double>(), 0.05 * exact.norm().item<double>());
}

TEST(Precision, Bf16IsDeterministic) {
  EXPECT_TRUE(SameBytes(Features("bf16", true), Features("bf16", true)));
}

TEST(Precision, GradientsReachFloat32Weights) {
  const auto model = Model::Make({}, 3);
  model->SetPrecision("bf16");
  model->SetTraining(true);
  at::Tensor after;
  model->Forward(Images(4, 64, 32), nullptr, &after, nullptr);
  after.square().mean().backward();
  for (const at::Tensor& p : model->Parameters()) {
    if (!p.grad().defined()) continue;  // the neck's frozen shift
    EXPECT_EQ(p.grad().scalar_type(), at::kFloat);
    EXPECT_TRUE(at::isfinite(p.grad()).all().item<bool>());
  }
}

TEST(Precision, ScopeEndsWithItsBlock) {
  {
    const PrecisionScope scope("cpu", "bf16");
    EXPECT_TRUE(at::autocast::is_autocast_enabled(at::kCPU));
  }
  EXPECT_FALSE(at::autocast::is_autocast_enabled(at::kCPU));
}

TEST(Precision, AnotherNameIsRefused) {
  EXPECT_THAT(MessageOf(ErrorCode::kUsage, [] { CheckPrecision("fp16"); }),
              ::testing::HasSubstr("fp32 or bf16"));
}

}  // namespace
}  // namespace bcr
