#include "harness/nn/export_model.h"

#include <gmock/gmock.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include "harness/core/files.h"
#include "harness/nn/foreign_model.h"
#include "harness/nn/model_input.h"
#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;
using testing::Images;
using testing::MessageOf;
using testing::SameBytes;

constexpr double kClose = 1e-5;

at::Tensor FeaturesOf(const std::string& reference, const at::Tensor& images,
                      FeatureSide side = FeatureSide::kAfterNeck) {
  at::Tensor features;
  OpenModelOptions options;
  options.trust = true;
  options.side = side;
  OpenModel(ParseModelReference(reference), options).extractor->Features(images, &features);
  return features.detach().clone();
}

void ExpectClose(const at::Tensor& found, const at::Tensor& wanted) {
  ASSERT_EQ(found.sizes(), wanted.sizes());
  EXPECT_LT((found - wanted).abs().max().item<double>(),
            kClose * wanted.abs().max().item<double>());
}

class ExportModelTest : public ::testing::Test {
 protected:
  // A model folder, trained as far as its statistics go.
  std::string Folder(const std::string& backbone, int embedding = 0) {
    ModelSpec spec;
    spec.backbone = backbone;
    spec.classes = 3;
    spec.embedding = embedding;
    const auto model = Model::Make(spec, 1);
    model->SetTraining(true);
    at::Tensor unused;
    model->Forward(Images(8, 64, 32), nullptr, &unused, nullptr);
    model->SetTraining(false);
    const std::string folder = Path("model-" + backbone);
    SaveModel(folder, *model, {"1", "2", "3"}, {});
    return folder;
  }
  std::string Path(const std::string& name) const { return JoinPath(folder_.path(), name); }

  TemporaryFolder folder_;
};

TEST_F(ExportModelTest, TorchScriptGivesTheModelsFeaturesForAnyNumberOfImages) {
  for (const char* backbone : {"micro16", "vit_micro", "vit_micro,stride=6"}) {
    const std::string folder = Folder(backbone), file = Path("m.pt");
    const ExportedModel exported = ExportModel({.model = folder, .out = file});
    EXPECT_EQ(exported.feature_width, 128);
    EXPECT_LT(exported.difference, kClose);
    for (const int64_t count : {1, 3, 64})
      ExpectClose(FeaturesOf("torchscript:" + file, Images(count, 64, 32)),
                  FeaturesOf(folder, Images(count, 64, 32)));
  }
}

TEST_F(ExportModelTest, BeforeTheNeckAndBehindAnEmbedding) {
  const std::string folder = Folder("micro16", 20), file = Path("m.pt");
  const auto side = FeatureSide::kBeforeNeck;
  EXPECT_EQ(ExportModel({.model = folder, .out = file, .side = side}).feature_width, 20);
  const at::Tensor images = Images(5, 64, 32);
  ExpectClose(FeaturesOf("torchscript:" + file, images), FeaturesOf(folder, images, side));
  EXPECT_THAT(
      MessageOf(ErrorCode::kConfig,
                [&] { ExportModel({.model = folder, .out = file, .format = "safetensors"}); }),
      HasSubstr("torchscript"));
}

// The network itself gets pixels: nobody normalises for it.
TEST_F(ExportModelTest, PixelsAreNormalisedInside) {
  const std::string folder = Folder("micro16"), file = Path("m.pt");
  ExportModel({.model = folder, .out = file, .pixels = true});
  const at::Tensor pixels = (Images(3, 64, 32) * 50 + 120).clamp(0, 255).round();
  ModelInput as_pixels;
  as_pixels.scale = 1;
  as_pixels.mean = {0, 0, 0};
  as_pixels.deviation = {1, 1, 1};
  EXPECT_EQ(ModelInputJson(FindModelInput(file).input)["deviation"], Json({1, 1, 1}));
  const auto column = [](double a, double b, double c) {
    return at::tensor({a, b, c}, at::kDouble).view({1, 3, 1, 1});
  };
  const at::Tensor usual =
      ((pixels.to(at::kDouble) / 255 - column(0.485, 0.456, 0.406)) / column(0.229, 0.224, 0.225))
          .to(at::kFloat);
  const at::Tensor wanted = FeaturesOf(folder, usual);
  const c10::NoGradGuard no_grad;
  ExpectClose(torch::jit::load(file).forward({pixels}).toTensor(), wanted);
  ExpectClose(FeaturesOf("torchscript:" + file, usual), wanted);
}

// A network of another project, whose file says how it wants to see images.
TEST_F(ExportModelTest, OtherInputsAreKeptOrBuiltIn) {
  const std::string folder = Folder("micro16"), weights = Path("own.safetensors");
  ExportModel({.model = folder, .out = weights, .format = "safetensors"});
  WriteFileAtomic(weights + ".json",
                  std::string_view(R"({"height": 64, "width": 32, "channels": "BGR", "scale": 2,
                                       "mean": [60, 61, 62], "deviation": [20, 21, 22]})"));
  const at::Tensor images = Images(3, 64, 32);
  const at::Tensor wanted = FeaturesOf("micro16=" + weights, images);
  EXPECT_FALSE(at::allclose(wanted, FeaturesOf(folder, images), 0.1));
  for (const bool pixels : {false, true}) {
    const std::string file = Path("m.pt");
    ExportModel({.model = "micro16=" + weights, .out = file, .pixels = pixels});
    EXPECT_TRUE(FindModelInput(file).input.bgr);
    ExpectClose(FeaturesOf("torchscript:" + file, images), wanted);
  }
}

TEST_F(ExportModelTest, WeightsAloneAreReadAgain) {
  for (const char* backbone : {"micro16", "vit_micro"}) {
    const std::string folder = Folder(backbone), file = Path("w.safetensors");
    const ExportedModel exported =
        ExportModel({.model = folder, .out = file, .format = "safetensors"});
    EXPECT_EQ(exported.difference, 0);
    const at::Tensor images = Images(3, 64, 32);
    EXPECT_TRUE(SameBytes(FeaturesOf(std::string(backbone) + "=" + file, images),
                          FeaturesOf(folder, images)));
    EXPECT_FALSE(ReadSafetensors(file).contains("head.weight"));
  }
}

TEST_F(ExportModelTest, TheSameModelGivesTheSameBytes) {
  const std::string folder = Folder("micro16");
  ExportModel({.model = folder, .out = Path("a.pt")});
  ExportModel({.model = folder, .out = Path("b.pt")});
  EXPECT_EQ(ReadFile(Path("a.pt")), ReadFile(Path("b.pt")));
}

TEST_F(ExportModelTest, Refusals) {
  const std::string folder = Folder("micro16"), weights = Path("w.safetensors");
  ExportModel({.model = folder, .out = weights, .format = "safetensors"});
  const auto refused = [](const ExportRequest& request) {
    return MessageOf(ErrorCode::kUsage, [&] { ExportModel(request); });
  };
  EXPECT_THAT(refused({.model = "torchscript:x.pt", .out = Path("y.pt")}),
              HasSubstr("exported already"));
  EXPECT_THAT(refused({.model = "micro16=" + weights, .out = weights}), HasSubstr("itself"));
  EXPECT_THAT(refused({.model = folder, .out = folder}), HasSubstr("folder"));
  EXPECT_THAT(refused({.model = folder, .out = Path("z"), .format = "safetensors", .pixels = true}),
              HasSubstr("--input pixels"));
  EXPECT_FALSE(FileExists(Path("z")));
}

}  // namespace
}  // namespace bcr
