#include <gmock/gmock.h>

#include "harness/core/files.h"
#include "harness/nn/weights.h"
#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using ::testing::AllOf;
using testing::Copy;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MessageOf;
using testing::SameBytes;
using testing::SameState;
using testing::Tensors;

std::unique_ptr<Model> New(uint64_t seed, const std::string& pooling = "gem") {
  ModelSpec spec;
  spec.pooling = pooling;
  return Model::Make(spec, seed);
}

class LoadTrainedTest : public ::testing::Test {
 protected:
  LoadTrainedTest() : theirs_(Copy(New(2)->State())) {
    for (auto& [name, tensor] : theirs_)
      if (name.starts_with("neck.") && tensor.is_floating_point()) tensor.fill_(0.25);
    theirs_["pool.p"].fill_(2.5);
  }
  // The trained network's tensors, beginnings of their names replaced.
  Tensors Named(const std::map<std::string, std::string>& beginnings) {
    Tensors out;
    for (const auto& [name, tensor] : theirs_)
      for (const auto& [ours, others] : beginnings)
        if (name.starts_with(ours)) out[others + name.substr(ours.size())] = tensor;
    return out;
  }
  StateDifferences Load(const Tensors& tensors, PartialLoad partial = PartialLoad::kRefused) {
    WriteSafetensors(path_, tensors, {});
    return LoadTrained(*model_, ReadWeights(path_), path_, partial, family_);
  }

  TemporaryFolder folder_;
  std::string path_ = JoinPath(folder_.path(), "trained.safetensors");
  Tensors theirs_;
  std::unique_ptr<Model> model_ = New(1);
  std::string family_;
};

TEST_F(LoadTrainedTest, FastReid) {
  Tensors tensors = Named({{"backbone.", "backbone."},
                           {"neck.", "heads.bottleneck.0."},
                           {"pool.p", "heads.pool_layer.p"}});
  tensors["heads.weight"] = at::ones({751, 128});
  tensors["pixel_mean"] = at::ones({1, 3, 1, 1});
  EXPECT_FALSE(Load(tensors).Any());
  EXPECT_EQ(family_, "fast-reid");
  EXPECT_TRUE(SameState(model_->State(), theirs_));
}

TEST_F(LoadTrainedTest, BotBehindDataParallel) {
  model_ = New(1, "avg");
  Tensors tensors = Named({{"backbone.", "module.base."}, {"neck.", "module.bottleneck."}});
  tensors["module.classifier.weight"] = at::ones({751, 128});
  EXPECT_FALSE(Load(tensors).Any());
  EXPECT_EQ(family_, "BoT");
  theirs_.erase("pool.p");
  EXPECT_TRUE(SameState(model_->State(), theirs_));
}

TEST_F(LoadTrainedTest, OurOwn) {
  EXPECT_FALSE(Load(theirs_).Any());
  EXPECT_EQ(family_, "bcreid");
  EXPECT_TRUE(SameState(model_->State(), theirs_));
}

// A neck that passes features through stands behind a backbone alone.
TEST_F(LoadTrainedTest, ABareBackboneKeepsTheModelsNeck) {
  const Tensors before = Copy(model_->State());
  Tensors tensors = Named({{"backbone.", ""}});
  tensors["fc.weight"] = at::ones({1000, 128});
  EXPECT_FALSE(Load(tensors).Any());
  EXPECT_EQ(family_, "torchvision");
  EXPECT_TRUE(SameBytes(model_->State().at("neck.weight").detach(), before.at("neck.weight")));
  EXPECT_TRUE(SameBytes(model_->State().at("backbone.conv1.weight").detach(),
                        theirs_.at("backbone.conv1.weight")));
}

TEST_F(LoadTrainedTest, EveryDifferenceIsListedAndRefused) {
  Tensors tensors = Named({{"backbone.", "base."}, {"neck.", "bottleneck."}});
  for (char c = 'a'; c < 'n'; ++c) tensors[std::string("base.extra_") + c] = at::ones({1});
  tensors["bottleneck.weight"] = at::ones({7});
  const Tensors before = Copy(model_->State());
  EXPECT_THAT(
      MessageOf(ErrorCode::kData, [&] { Load(tensors); }),
      AllOf(HasSubstr("found 1 missing, 13 unexpected and 1 mismatched tensors"),
            HasSubstr("\n  missing pool.p\n"), HasSubstr("\n  unexpected backbone.extra_m\n"),
            HasSubstr("\n  mismatched neck.weight (7 instead of 128)")));
  EXPECT_TRUE(SameState(model_->State(), before));
}

TEST_F(LoadTrainedTest, WhatFitsIsLoadedWhereThatIsAllowed) {
  Tensors tensors = Named({{"backbone.", "base."}, {"neck.", "bottleneck."}});
  tensors["bottleneck.weight"] = at::ones({7});
  tensors["base.extra"] = at::ones({1});
  const StateDifferences lost = Load(tensors, PartialLoad::kAllowed);
  EXPECT_THAT(lost.missing, ElementsAre("pool.p"));
  EXPECT_THAT(lost.unexpected, ElementsAre("backbone.extra"));
  EXPECT_THAT(lost.mismatched, ElementsAre("neck.weight (7 instead of 128)"));
  EXPECT_TRUE(
      SameBytes(model_->State().at("neck.running_mean").detach(), theirs_.at("neck.running_mean")));
}

TEST_F(LoadTrainedTest, NothingThatFitsIsNoPartialLoad) {
  Tensors tensors;
  tensors["conv1.weight"] = at::ones({1});
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { Load(tensors, PartialLoad::kAllowed); }),
              HasSubstr("mismatched backbone.conv1.weight"));
}

}  // namespace
}  // namespace bcr
