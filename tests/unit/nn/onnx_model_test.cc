#include "harness/nn/onnx_model.h"

#include <gmock/gmock.h>

#include "harness/core/files.h"
#include "harness/nn/foreign_model.h"
#include "harness/nn/weights.h"
#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::Images;
using testing::MessageOf;

// Networks of tests/unit/nn/models (make_onnx.py).
std::string Stored(const std::string& name) {
  return BCR_TEST_SOURCE_DIR "/unit/nn/models/" + name;
}

bool HasEngine() { return !OnnxEngineText().starts_with("none"); }

// The mean over the map of the networks, and their feature.
at::Tensor Pooled(const at::Tensor& images) {
  const auto w = ReadWeights(Stored("small.pth"));
  return at::conv2d(images, w.at("conv.weight"), w.at("conv.bias"), {2, 2}).relu().mean({2, 3});
}
at::Tensor SmallNetwork(const at::Tensor& images) {
  const auto w = ReadWeights(Stored("small.pth"));
  return at::linear(Pooled(images), w.at("linear.weight"), w.at("linear.bias"));
}

void ExpectFeatures(Extractor& extractor, const at::Tensor& images, const at::Tensor& wanted) {
  at::Tensor features;
  extractor.Features(images, &features);
  EXPECT_TRUE(at::allclose(features, wanted, 1e-5, 1e-6));
}

OpenedModel Open(const std::string& path) {
  return OpenModel(ParseModelReference("onnx:" + path), {});
}

TEST(OnnxWithoutEngine, SaysWhatToDo) {
  if (HasEngine()) GTEST_SKIP() << "this build has " << OnnxEngineText();
  EXPECT_THAT(
      MessageOf(ErrorCode::kUsage, [] { Open(Stored("small.onnx")); }),
      AllOf(HasSubstr("BCR_WITH_ONNX=ON ./scripts/bcreid --build"), HasSubstr("torch.jit.trace")));
}

class OnnxModelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasEngine()) GTEST_SKIP() << "no engine for ONNX in this build (BCR_WITH_ONNX=ON)";
  }
  // A copy of a model, with a JSON file beside it where there is one to write.
  std::string Put(const std::string& name, const std::string& json) {
    const std::string path = JoinPath(folder_.path(), name);
    WriteFileAtomic(path, ReadFile(Stored(name)));
    if (!json.empty()) WriteFileAtomic(path + ".json", json);
    return path;
  }

  TemporaryFolder folder_;
};

TEST_F(OnnxModelTest, GivesTheNetworksFeaturesForAnyNumberOfImages) {
  const OpenedModel opened = Open(Put("small.onnx", ""));
  EXPECT_EQ(opened.extractor->height(), 32);
  EXPECT_EQ(opened.extractor->width(), 16);
  EXPECT_EQ(opened.extractor->feature_width(), 5);
  EXPECT_EQ(opened.facts["height"], 32);
  EXPECT_THAT(opened.facts["engine"].get<std::string>(), HasSubstr("OpenVINO"));
  EXPECT_THAT(opened.notes.front(), AllOf(HasSubstr("32x16"), HasSubstr("assumed")));
  for (const int64_t count : {1, 3, 64}) {
    const at::Tensor images = Images(count, 32, 16);
    ExpectFeatures(*opened.extractor, images, SmallNetwork(images));
  }
}

// Batches of two, colours last, and one of its outputs or a tensor inside, by place or name.
TEST_F(OnnxModelTest, FixedBatchesAndChosenOutputs) {
  EXPECT_THAT(MessageOf(ErrorCode::kConfig, [&] { Open(Put("fixed.onnx", "")); }),
              AllOf(HasSubstr("0 `scores` [2,2], 1 `features` [2,5]"), HasSubstr("\"output\"")));
  const at::Tensor images = Images(5, 16, 8);
  for (const char* output : {"1", "\"features\"", "\"pooled\""}) {
    const bool inner = std::string(output) == "\"pooled\"";
    const OpenedModel opened = Open(Put("fixed.onnx", std::string("{\"output\": ") + output + "}"));
    EXPECT_EQ(opened.extractor->height(), 16);
    EXPECT_EQ(opened.extractor->width(), 8);
    EXPECT_THAT(opened.notes.at(1), AllOf(HasSubstr("n x H x W x 3, 2 at once"),
                                          HasSubstr(inner ? "`pooled`" : "`features`")));
    ExpectFeatures(*opened.extractor, images, inner ? Pooled(images) : SmallNetwork(images));
  }
  EXPECT_THAT(
      MessageOf(ErrorCode::kConfig, [&] { Open(Put("fixed.onnx", R"({"output": "absent"})")); }),
      HasSubstr("`scores`"));
}

TEST_F(OnnxModelTest, OtherSizesAndNormalisations) {
  const OpenedModel opened = Open(Put("small.onnx", R"({"height": 20, "width": 10, "scale": 1,
      "mean": [0, 0, 0], "deviation": [1, 1, 1]})"));
  const at::Tensor images = Images(2, 20, 10);
  const auto column = [](double a, double b, double c) {
    return at::tensor({a, b, c}, at::kFloat).view({1, 3, 1, 1});
  };
  const at::Tensor pixels =
      (images * column(0.229, 0.224, 0.225) + column(0.485, 0.456, 0.406)) * 255;
  at::Tensor features;
  opened.extractor->Features(images, &features);
  EXPECT_TRUE(at::allclose(features, SmallNetwork(pixels), 1e-4, 1e-3));
}

TEST_F(OnnxModelTest, TheHashIsOfTheWeights) {
  const std::string path = Put("small.onnx", "");
  const std::string hash = Open(path).hash;
  EXPECT_EQ(Open(path).hash, hash);
  EXPECT_NE(Open(Put("fixed.onnx", R"({"output": 1})")).hash, hash);
}

TEST_F(OnnxModelTest, FilesThatAreNone) {
  const std::string path = Put("small.onnx", R"({"height": 2, "width": 2})");
  EXPECT_THAT(MessageOf(ErrorCode::kConfig, [&] { Open(path); }), HasSubstr("small.onnx.json"));
  WriteFileAtomic(path, "no network");
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { Open(path); }), HasSubstr(path));
  MessageOf(ErrorCode::kMissing, [&] { Open(path + "x"); });
}

}  // namespace
}  // namespace bcr
