#include <gmock/gmock.h>

#include <limits>

#include "harness/nn/weights.h"
#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using ::testing::AllOf;
using testing::Copy;
using ::testing::HasSubstr;
using testing::MessageOf;
using ::testing::Not;
using testing::SameBytes;
using testing::SameState;
using testing::Tensors;

class LoadStateTest : public ::testing::Test {
 protected:
  static std::unique_ptr<Model> New(const std::string& backbone, int64_t classes, uint64_t seed) {
    ModelSpec spec;
    spec.backbone = backbone;
    spec.classes = classes;
    return Model::Make(spec, seed);
  }

  std::unique_ptr<Model> model_ = New("micro16", 5, 1);
  Tensors other_ = Copy(New("micro16", 5, 2)->State());
};

TEST_F(LoadStateTest, CopiesEverything) {
  LoadState(*model_, other_, "file");
  EXPECT_TRUE(SameState(model_->State(), other_));
}

TEST_F(LoadStateTest, ModelStaysTrainable) {
  LoadState(*model_, other_, "file");
  for (const at::Tensor& p : model_->Parameters()) EXPECT_TRUE(p.requires_grad() && p.is_leaf());
}

TEST_F(LoadStateTest, HalfPrecisionIsConverted) {
  for (auto& [name, tensor] : other_)
    if (tensor.is_floating_point()) tensor = tensor.to(at::kHalf);
  LoadState(*model_, other_, "file");
  EXPECT_TRUE(SameBytes(model_->head_weight().detach(), other_.at("head.weight").to(at::kFloat)));
}

TEST_F(LoadStateTest, CountersAreOptional) {
  std::erase_if(other_, [](const auto& item) { return item.first.ends_with("batches_tracked"); });
  LoadState(*model_, other_, "file");
  EXPECT_TRUE(SameBytes(model_->State().at("neck.weight").detach(), other_.at("neck.weight")));
}

TEST_F(LoadStateTest, AllDifferencesAreListedAndNothingIsCopied) {
  const Tensors before = Copy(model_->State());
  other_.erase("neck.weight");
  other_["extra.weight"] = at::ones({1});
  other_["pool.p"] = at::ones({2});
  other_["backbone.bn1.bias"] = at::ones({16}, at::kLong);
  other_["backbone.bn1.weight"][3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { LoadState(*model_, other_, "some/file"); }),
              AllOf(HasSubstr("some/file"), HasSubstr("1 missing: neck.weight"),
                    HasSubstr("1 unexpected: extra.weight"), HasSubstr("3 mismatched"),
                    HasSubstr("pool.p (2 instead of 1)"),
                    HasSubstr("backbone.bn1.bias (Long instead of Float)"),
                    HasSubstr("backbone.bn1.weight (not finite)")));
  EXPECT_TRUE(SameState(model_->State(), before));
}

TEST_F(LoadStateTest, ListsStopAtTen) {
  for (char c = 'a'; c < 'n'; ++c) other_[std::string("z.") + c] = at::ones({1});
  EXPECT_THAT(
      MessageOf(ErrorCode::kData, [&] { LoadState(*model_, other_, "file"); }),
      AllOf(HasSubstr("13 unexpected: z.a,"), HasSubstr("z.j, ..."), Not(HasSubstr("z.k"))));
}

TEST_F(LoadStateTest, IgnoredPrefixesMayMissBeLeftOverOrDiffer) {
  const at::Tensor head = model_->head_weight().detach().clone();
  other_.erase("pool.p");
  other_["head.weight"] = at::ones({7, 128});
  other_["old.thing"] = at::ones({1});
  LoadState(*model_, other_, "file", {"head.", "old.", "pool."});
  EXPECT_TRUE(SameBytes(model_->head_weight().detach(), head));
  EXPECT_TRUE(SameBytes(model_->State().at("neck.weight").detach(), other_.at("neck.weight")));
}

TEST_F(LoadStateTest, AnotherBackboneIsNamed) {
  EXPECT_THAT(MessageOf(ErrorCode::kData,
                        [&] { LoadState(*model_, New("resnet18", 9, 1)->State(), "file"); }),
              AllOf(HasSubstr("backbone resnet18 with 9 classes"),
                    HasSubstr("expected weights of backbone micro16 with 5 classes")));
}

TEST_F(LoadStateTest, AnotherClassCountIsNamed) {
  EXPECT_THAT(MessageOf(ErrorCode::kData,
                        [&] { LoadState(*model_, New("micro16", 9, 1)->State(), "file"); }),
              AllOf(HasSubstr("with 9 classes"), HasSubstr("with 5 classes"),
                    HasSubstr("head.weight (9x128 instead of 5x128)")));
}

}  // namespace
}  // namespace bcr
