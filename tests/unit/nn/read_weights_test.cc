#include <gmock/gmock.h>

#include "harness/core/files.h"
#include "harness/nn/weights.h"
#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::MessageOf;
using testing::SameBytes;
using testing::SameState;
using testing::Tensors;

// Files that PyTorch 2.11 wrote of tensors whose values are said again here.
Tensors Written(const std::string& name) {
  return ReadWeights(BCR_TEST_SOURCE_DIR "/fuzz/corpus/torch-file/" + name);
}

TEST(ReadWeights, PyTorchFilesOfEveryType) {
  const at::Tensor base = at::arange(-3, 9, at::kFloat), whole = base.view({3, 4});
  const Tensors expected = {{"double", base.to(at::kDouble) / 3},
                            {"float", base / 3},
                            {"half", base.to(at::kHalf) / 2},
                            {"bfloat", base.to(at::kBFloat16) / 2},
                            {"long", base.to(at::kLong) * (int64_t{1} << 40)},
                            {"int", base.to(at::kInt)},
                            {"short", base.to(at::kShort)},
                            {"char", base.to(at::kChar)},
                            {"byte", (base + 3).to(at::kByte)},
                            {"bool", base > 0},
                            {"scalar", at::full({}, 2.5)},
                            {"empty", at::empty({0, 3})},
                            {"counter", at::full({}, 7, at::kLong)}};
  EXPECT_TRUE(SameState(Written("ok-types.pth"), expected));
}

TEST(ReadWeights, ViewsOfPyTorchFilesAreViews) {
  const Tensors read = Written("ok-views.pth");
  const at::Tensor whole = at::arange(-3, 9, at::kFloat).view({3, 4});
  EXPECT_TRUE(SameBytes(read.at("whole"), whole));
  EXPECT_TRUE(SameBytes(read.at("transposed"), whole.t()));
  EXPECT_TRUE(SameBytes(read.at("row"), whole[1]));
  EXPECT_TRUE(SameBytes(read.at("column"), whole.select(1, 2)));
  EXPECT_TRUE(SameBytes(read.at("last"), at::arange(24, at::kFloat).view({1, 2, 3, 4})));
  EXPECT_EQ(read.at("row").const_data_ptr<float>(), read.at("whole").const_data_ptr<float>() + 4);
}

TEST(ReadWeights, SafetensorsAreReadAlike) {
  const TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "x");
  const Tensors tensors = {{"a", at::arange(3, at::kFloat)}, {"b", at::arange(3).to(at::kShort)}};
  WriteSafetensors(path, tensors, {});
  EXPECT_TRUE(SameState(ReadWeights(path), tensors));
}

// The name tells what was meant where the bytes do not.
TEST(ReadWeights, WhatIsNeitherIsRefused) {
  const TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "x");
  for (const char* end : {".pth", ".pt", ".pth.tar"}) {
    WriteFileAtomic(path + end, "\x80\x02}.");
    EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { ReadWeights(path + end); }),
                AllOf(HasSubstr(path + end + ": found no zip container"), HasSubstr("torch.save")));
  }
  WriteFileAtomic(path, "\x80\x02}.");
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { ReadWeights(path); }), HasSubstr("safetensors"));
  MessageOf(ErrorCode::kMissing, [&] { ReadWeights(path + "-absent.pth"); });
}

}  // namespace
}  // namespace bcr
