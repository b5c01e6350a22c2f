#include "harness/nn/foreign_model.h"

#include <gmock/gmock.h>

#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/nn/model_input.h"
#include "harness/nn/weights.h"
#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::Images;
using testing::MessageOf;
using testing::SameBytes;
using Kind = ModelReference::Kind;

// Networks of tests/unit/nn/models, which PyTorch 2.11 wrote.
std::string Stored(const std::string& name) {
  return BCR_TEST_SOURCE_DIR "/unit/nn/models/" + name;
}

at::Tensor FeaturesOf(Extractor& extractor, const at::Tensor& images) {
  at::Tensor features;
  extractor.Features(images, &features);
  return features.detach().clone();
}

// The network of make_models.py, written out.
at::Tensor SmallNetwork(const at::Tensor& images) {
  const auto w = ReadWeights(Stored("small.pth"));
  const at::Tensor map =
      at::conv2d(images, w.at("conv.weight"), w.at("conv.bias"), {2, 2}).relu().mean({2, 3});
  return at::linear(map, w.at("linear.weight"), w.at("linear.bias"));
}

class ForeignModelTest : public ::testing::Test {
 protected:
  // A copy of a model, with a JSON file beside it where there is one to write.
  std::string Put(const std::string& name, const std::string& json) {
    const std::string path = JoinPath(folder_.path(), name);
    WriteFileAtomic(path, ReadFile(Stored(name)));
    if (!json.empty()) WriteFileAtomic(path + ".json", json);
    return path;
  }
  static OpenedModel Open(const std::string& reference, bool trust = true) {
    OpenModelOptions options;
    options.trust = trust;
    return OpenModel(ParseModelReference(reference), options);
  }

  TemporaryFolder folder_;
};

TEST_F(ForeignModelTest, References) {
  ModelReference reference = ParseModelReference("torchscript:a/b.pt");
  EXPECT_EQ(reference.kind, Kind::kTorchScript);
  EXPECT_EQ(reference.path, "a/b.pt");
  EXPECT_EQ(reference.Text(), "torchscript:a/b.pt");
  reference = ParseModelReference("resnet50,stem_relu=off=a=b.pth");
  EXPECT_EQ(reference.kind, Kind::kWeights);
  EXPECT_EQ(reference.backbone, "resnet50,stem_relu=off");
  EXPECT_EQ(reference.path, "a=b.pth");
  EXPECT_EQ(ParseModelReference("features:x").kind, Kind::kFeatures);
  EXPECT_EQ(ParseModelReference(folder_.path()).kind, Kind::kFolder);
  for (const char* bad : {"", "nowhere", "torchscript:", "a.pth"})
    EXPECT_THAT(MessageOf(ErrorCode::kUsage, [&] { ParseModelReference(bad); }),
                HasSubstr("BACKBONE=FILE"))
        << bad;
}

TEST_F(ForeignModelTest, TorchScriptIsCodeAndWantsTrust) {
  EXPECT_THAT(
      MessageOf(ErrorCode::kUsage, [&] { Open("torchscript:" + Stored("small.pt"), false); }),
      AllOf(HasSubstr("code"), HasSubstr("--trust")));
}

TEST_F(ForeignModelTest, TorchScriptGivesTheNetworksFeatures) {
  const std::string path = Put("small.pt", R"({"height": 32, "width": 16})");
  const OpenedModel opened = Open("torchscript:" + path);
  EXPECT_EQ(opened.extractor->height(), 32);
  EXPECT_EQ(opened.extractor->width(), 16);
  EXPECT_EQ(opened.extractor->feature_width(), 5);
  EXPECT_EQ(opened.hash, HashOfFile(path));
  EXPECT_EQ(opened.facts["height"], 32);
  EXPECT_THAT(opened.notes.front(), HasSubstr(path + ".json says"));
  const at::Tensor images = Images(3, 32, 16);
  EXPECT_TRUE(
      at::allclose(FeaturesOf(*opened.extractor, images), SmallNetwork(images), 1e-5, 1e-6));
}

TEST_F(ForeignModelTest, HowImagesComeToTheSizeMayBeSaid) {
  const std::string size = R"({"height": 32, "width": 16)";
  const OpenedModel usual = Open("torchscript:" + Put("small.pt", size + "}"));
  EXPECT_EQ(usual.extractor->resize(), "area");
  EXPECT_FALSE(usual.facts.contains("resize"));
  const OpenedModel opened =
      Open("torchscript:" + Put("small.pt", size + R"(, "resize": "pillow-bilinear"})"));
  EXPECT_EQ(opened.extractor->resize(), "pillow-bilinear");
  EXPECT_EQ(opened.facts["resize"], "pillow-bilinear");
  EXPECT_THAT(opened.notes.front(), HasSubstr("32x16 images by pillow-bilinear"));
}

TEST_F(ForeignModelTest, WhatIsAssumedIsSaid) {
  const OpenedModel opened = Open("torchscript:" + Put("small.pt", ""));
  EXPECT_EQ(opened.extractor->height(), 256);
  EXPECT_EQ(opened.extractor->width(), 128);
  EXPECT_THAT(opened.notes.front(), AllOf(HasSubstr("256x128"), HasSubstr("assumed")));
}

TEST_F(ForeignModelTest, OneOfSeveralOutputsIsChosen) {
  const std::string size = R"("height": 32, "width": 16)";
  std::string path = Put("two.pt", "{" + size + "}");
  EXPECT_THAT(MessageOf(ErrorCode::kConfig, [&] { Open("torchscript:" + path); }),
              AllOf(HasSubstr("0 [2, 2], 1 [2, 5]"), HasSubstr("\"output\"")));
  path = Put("two.pt", "{" + size + R"(, "output": 1})");
  const OpenedModel opened = Open("torchscript:" + path);
  EXPECT_EQ(opened.extractor->feature_width(), 5);
  const at::Tensor images = Images(2, 32, 16);
  EXPECT_TRUE(
      at::allclose(FeaturesOf(*opened.extractor, images), SmallNetwork(images), 1e-5, 1e-6));
  path = Put("two.pt", "{" + size + R"(, "output": "2"})");
  MessageOf(ErrorCode::kConfig, [&] { Open("torchscript:" + path); });
}

TEST_F(ForeignModelTest, NetworksThatFailAreNotOurFault) {
  const std::string path = Put("small.pt", R"({"height": 2, "width": 16})");
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { Open("torchscript:" + path); }),
              AllOf(HasSubstr("n x 3 x 2 x 16"), HasSubstr("small.pt.json")));
  WriteFileAtomic(path, "no network");
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { Open("torchscript:" + path); }),
              HasSubstr("torch.jit.save"));
  MessageOf(ErrorCode::kMissing, [&] { Open("torchscript:" + path + "x"); });
}

TEST_F(ForeignModelTest, OurOwnFolders) {
  ModelSpec spec;
  spec.classes = 2;
  const auto model = bcr::Model::Make(spec, 1);
  SaveModel(JoinPath(folder_.path(), "m"), *model, {"1", "2"}, {});
  const OpenedModel opened = Open(JoinPath(folder_.path(), "m"));
  const at::Tensor images = Images(2, 64, 32);
  EXPECT_TRUE(SameBytes(FeaturesOf(*opened.extractor, images), testing::Features(*model, images)));
}

// The same network by its weights in the names of BoT.
TEST_F(ForeignModelTest, WeightsOfAnotherProject) {
  ModelSpec spec;
  spec.pooling = "avg";
  const auto model = bcr::Model::Make(spec, 1);
  testing::Tensors theirs;
  for (const auto& [name, tensor] : model->State()) {
    if (name.starts_with("backbone.")) theirs["base." + name.substr(9)] = tensor.detach();
    if (name.starts_with("neck.")) theirs["bottleneck." + name.substr(5)] = tensor.detach();
  }
  const std::string path = JoinPath(folder_.path(), "bot.safetensors");
  WriteSafetensors(path, theirs, {});
  WriteFileAtomic(path + ".json", R"({"height": 64, "width": 32})");
  const OpenedModel opened = Open("micro16=" + path);
  EXPECT_THAT(opened.notes.at(1), AllOf(HasSubstr("weights of BoT"), HasSubstr("averages")));
  const at::Tensor images = Images(2, 64, 32);
  EXPECT_TRUE(SameBytes(FeaturesOf(*opened.extractor, images), testing::Features(*model, images)));
}

// A file beside weights changes what their network sees, and what its features are kept under.
TEST_F(ForeignModelTest, WeightsSeeImagesAsTheirFileSays) {
  const auto model = bcr::Model::Make({}, 1);
  const std::string path = JoinPath(folder_.path(), "own.safetensors");
  WriteSafetensors(path, model->State(), {});
  const std::string size = R"("height": 64, "width": 32)";
  WriteFileAtomic(path + ".json", "{" + size + "}");
  const at::Tensor images = Images(2, 64, 32);
  const OpenedModel usual = Open("micro16=" + path);
  EXPECT_FALSE(usual.facts.contains("input"));
  WriteFileAtomic(path + ".json", "{" + size + R"(, "channels": "BGR"})");
  const OpenedModel other = Open("micro16=" + path);
  EXPECT_EQ(other.facts["input"]["channels"], "BGR");
  ModelInput input = FindModelInput(path).input;
  EXPECT_TRUE(SameBytes(FeaturesOf(*other.extractor, images),
                        FeaturesOf(*usual.extractor, AsInput(images, input))));
  EXPECT_FALSE(
      SameBytes(FeaturesOf(*other.extractor, images), FeaturesOf(*usual.extractor, images)));
}

// (pixel / scale - mean) / deviation of pixels that went through ImageNet's statistics.
TEST(ModelInput, OtherNormalisationsAreReached) {
  const at::Tensor pixels = at::arange(0, 3 * 4 * 2, at::kFloat).view({1, 3, 4, 2}) * 10;
  const auto column = [](double a, double b, double c) {
    return at::tensor({a, b, c}, at::kDouble).view({1, 3, 1, 1});
  };
  const at::Tensor ours =
      ((pixels.to(at::kDouble) / 255 - column(0.485, 0.456, 0.406)) / column(0.229, 0.224, 0.225))
          .to(at::kFloat);
  ModelInput input;
  EXPECT_TRUE(AsInput(ours, input).is_same(ours));
  input.scale = 1;
  input.mean = {103.5, 116.3, 123.7};
  input.deviation = {57, 58, 59};
  input.bgr = true;
  const at::Tensor wanted =
      (pixels.to(at::kDouble).flip({1}) - column(103.5, 116.3, 123.7)) / column(57, 58, 59);
  EXPECT_TRUE(at::allclose(AsInput(ours, input).to(at::kDouble), wanted, 1e-5, 1e-5));
}

TEST(ModelInput, FilesAreChecked) {
  const TemporaryFolder folder;
  const std::string model = JoinPath(folder.path(), "m.pt");
  for (const char* bad :
       {R"({"heigth": 3})", R"({"height": 0})", R"({"mean": [1, 2]})",
        R"({"deviation": [1, 0, 1]})", R"({"channels": "GRB"})", R"({"scale": 0})",
        R"({"output": []})", R"({"resize": "pillow"})", "[]"}) {
    WriteFileAtomic(model + ".json", std::string_view(bad));
    EXPECT_THAT(MessageOf(ErrorCode::kConfig, [&] { FindModelInput(model); }),
                HasSubstr("m.pt.json"))
        << bad;
  }
  WriteFileAtomic(model + ".json", std::string_view(R"({"channels": "BGR"})"));
  const ModelInput input = FindModelInput(model).input;
  EXPECT_TRUE(input.bgr);
  EXPECT_EQ(input.mean, (std::array<double, 3>{0.406, 0.456, 0.485}));
}

}  // namespace
}  // namespace bcr
