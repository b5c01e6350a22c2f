// The label-smoothed softmax by the fact sheet's vectors.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "tests/unit/methods/pair_batch.h"

namespace bcr {
namespace {

using testing::LossOf;
using testing::MakeNamed;
using testing::Rows;

void SetLabels(Batch& batch, const std::vector<int64_t>& labels) {
  batch.Set(Slot::kLabels, at::tensor(labels, at::kLong));
  batch.Set(Slot::kValid, batch[Slot::kLabels] >= 0);
  batch.labels = labels;
}

TEST(Identity, SmoothingVectors) {
  Batch batch;
  batch.Set(Slot::kLogits, Rows({2, 1, 0, -1, .5, .2, .1, 3}, 4));
  SetLabels(batch, {0, 3});
  EXPECT_NEAR(LossOf("identity", {{"label_smoothing", 0.0}}, batch), .310387, 5e-7);
  EXPECT_NEAR(LossOf("identity", {{"label_smoothing", 0.1}}, batch), .487887, 5e-7);
  EXPECT_NEAR(LossOf("identity", {{"smoothing_form", "all"}}, batch), .487887, 5e-7);
  EXPECT_NEAR(LossOf("identity", {{"smoothing_form", "others"}}, batch), .547054, 5e-7);
}

// Of one class there are no others, and nothing to learn.
TEST(Identity, SmoothingOfASingleClassIsZero) {
  Batch batch;
  batch.Set(Slot::kLogits, Rows({2, -3}, 1));
  SetLabels(batch, {0, 0});
  for (const char* form : {"all", "others"})
    EXPECT_EQ(LossOf("identity", {{"smoothing_form", form}}, batch), 0) << form;
  EXPECT_THROW(MakeNamed("identity", {{"smoothing_form", "fastreid"}}), Error);
}

}  // namespace
}  // namespace bcr
