#include "harness/run/mixed_training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/run_record.h"

namespace bcr {
namespace {

ModelRecord Model(const std::string& key, int threads, const std::string& kernels) {
  ModelRecord model;
  model.key = key;
  model.notes = Free({{"threads", threads}, {"kernels", kernels}, {"libtorch", "2.11.0"}});
  return model;
}

TEST(MixedTraining, OneMachineIsNotWorthAWord) {
  RunRecord record;
  EXPECT_EQ(MixedTraining(record), "");
  record.models = {Model("old", 2, "AVX512"), Model("new", 2, "AVX512")};
  EXPECT_EQ(MixedTraining(record), "");
}

TEST(MixedTraining, NamesTheModelsAndWhatDiffers) {
  RunRecord record;
  record.setting.name = "in-domain-data";
  record.method.name = "l2";
  record.seed = 3;
  record.models = {Model("old", 1, "AVX512"), Model("new", 2, "AVX512"),
                   Model("paragon", 2, "AVX512")};
  EXPECT_THAT(
      MixedTraining(record),
      ::testing::AllOf(::testing::HasSubstr("in-domain-data / l2 seed 3"),
                       ::testing::HasSubstr("old with 1 threads, AVX512 kernels, LibTorch 2.11.0"),
                       ::testing::HasSubstr("new, paragon with 2 threads")));
  record.models = {Model("old", 2, "AVX2"), Model("new", 2, "AVX512")};
  EXPECT_THAT(MixedTraining(record), ::testing::HasSubstr("AVX2 kernels"));
}

}  // namespace
}  // namespace bcr
