#include <gmock/gmock.h>

#include "harness/core/files.h"
#include "harness/nn/weights.h"
#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using ::testing::AllOf;
using testing::Copy;
using ::testing::HasSubstr;
using testing::MessageOf;
using testing::SameBytes;
using testing::Tensors;

ModelSpec Spec(const std::string& backbone = "micro16") {
  ModelSpec spec;
  spec.backbone = backbone;
  spec.classes = 4;
  return spec;
}

// The published keys of a drawn network behind `prefix`.
Tensors Published(const std::string& prefix, uint64_t seed,
                  const std::string& backbone = "micro16") {
  Tensors out;
  for (const auto& [name, tensor] : Model::Make(Spec(backbone), seed)->State())
    if (name.starts_with("backbone.")) out[prefix + name.substr(9)] = tensor.detach();
  return out;
}

class LoadBackboneTest : public ::testing::Test {
 protected:
  void Load(const Tensors& tensors) {
    WriteSafetensors(path_, tensors, {});
    LoadBackbone(*model_, path_);
  }
  void ExpectBackboneOf(uint64_t seed) {
    for (const auto& [name, tensor] : Published("backbone.", seed, model_->spec().backbone))
      EXPECT_TRUE(SameBytes(model_->State().at(name).detach(), tensor)) << name;
  }

  TemporaryFolder folder_;
  std::string path_ = JoinPath(folder_.path(), "imagenet.safetensors");
  std::unique_ptr<Model> model_ = Model::Make(Spec(), 1);
};

TEST_F(LoadBackboneTest, TorchvisionNamesWithTheirClassifier) {
  const Tensors before = Copy(model_->State());
  Tensors tensors = Published("", 2);
  tensors["fc.weight"] = at::ones({1000, 128});
  tensors["fc.bias"] = at::ones({1000});
  Load(tensors);
  ExpectBackboneOf(2);
  for (const char* name : {"pool.p", "neck.weight", "head.weight"})
    EXPECT_TRUE(SameBytes(model_->State().at(name).detach(), before.at(name))) << name;
}

// Published files end at the backbone: an embedding stays as it was drawn.
TEST_F(LoadBackboneTest, AnEmbeddingStaysAsItWasDrawn) {
  ModelSpec spec = Spec();
  spec.embedding = 20;
  model_ = Model::Make(spec, 1);
  const at::Tensor before = model_->State().at("embedding.weight").detach().clone();
  Load(Published("", 2));
  ExpectBackboneOf(2);
  EXPECT_TRUE(SameBytes(model_->State().at("embedding.weight").detach(), before));
}

TEST_F(LoadBackboneTest, PrefixesOfTheProjects) {
  uint64_t seed = 2;
  for (const char* prefix : {"base.", "backbone.", "model.", "module.base.", "module."}) {
    Tensors tensors = Published(prefix, seed);
    tensors["bottleneck.weight"] = at::ones({128});
    tensors["heads.weight"] = at::ones({9, 128});
    tensors["classifier.weight"] = at::ones({9, 128});
    Load(tensors);
    ExpectBackboneOf(seed++);
  }
}

TEST_F(LoadBackboneTest, OldFilesWithoutCounters) {
  Tensors tensors = Published("", 2);
  std::erase_if(tensors, [](const auto& item) { return item.first.ends_with("batches_tracked"); });
  Load(tensors);
  EXPECT_TRUE(
      SameBytes(model_->State().at("backbone.conv1.weight").detach(), tensors.at("conv1.weight")));
}

TEST_F(LoadBackboneTest, NothingIsLoadedInPart) {
  Tensors tensors = Published("", 2);
  tensors.erase("layer3.1.conv2.weight");
  tensors["layer4.0.conv1.weight"] = at::ones({1});
  const Tensors before = Copy(model_->State());
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { Load(tensors); }),
              AllOf(HasSubstr("missing backbone.layer3.1.conv2.weight\n"),
                    HasSubstr("unexpected backbone.layer4.0.conv1.weight")));
  EXPECT_TRUE(testing::SameState(model_->State(), before));
}

TEST_F(LoadBackboneTest, AnotherBackboneIsNamed) {
  model_ = Model::Make(Spec("resnet18"), 1);
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { Load(Published("", 2)); }),
              AllOf(HasSubstr("found weights of backbone micro16"),
                    HasSubstr("expected weights of backbone resnet18")));
}

// torchreid's ImageNet file: wrapped for several devices, with its classifier. fc. belongs to the
// network here, which it does not in torchvision's files.
TEST_F(LoadBackboneTest, TorchreidsOsnet) {
  model_ = Model::Make(Spec("osnet_x0_25"), 1);
  for (const char* prefix : {"module.", ""}) {
    const uint64_t seed = prefix[0] ? 2 : 3;
    Tensors tensors = Published(prefix, seed, "osnet_x0_25");
    ASSERT_TRUE(tensors.contains(std::string(prefix) + "conv2.0.conv2b.1.conv2.weight"));
    tensors[std::string(prefix) + "classifier.weight"] = at::ones({1000, 512});
    tensors[std::string(prefix) + "classifier.bias"] = at::ones({1000});
    Load(tensors);
    ExpectBackboneOf(seed);
    tensors.erase(std::string(prefix) + "fc.0.weight");
    EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { Load(tensors); }),
                HasSubstr("missing backbone.fc.0.weight"));
  }
}

TEST_F(LoadBackboneTest, IbnNets) {
  model_ = Model::Make(Spec("resnet18,ibn=a"), 1);
  Tensors tensors = Published("module.", 2, "resnet18,ibn=a");
  ASSERT_TRUE(tensors.contains("module.layer1.0.bn1.IN.weight"));
  tensors["module.fc.weight"] = at::ones({1000, 512});
  Load(tensors);
  ExpectBackboneOf(2);
}

TEST_F(LoadBackboneTest, SwitchesAndFamiliesOfOthersAreNamed) {
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { Load(Published("", 2, "osnet_x0_25")); }),
              AllOf(HasSubstr("found weights of backbone osnet_x0_25"),
                    HasSubstr("expected weights of micro16")));
  model_ = Model::Make(Spec("resnet18"), 1);
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { Load(Published("", 2, "resnet18,ibn=a")); }),
              AllOf(HasSubstr("found weights of backbone resnet18,ibn=a"),
                    HasSubstr("expected weights of backbone resnet18 with")));
  model_ = Model::Make(Spec("osnet_x0_5"), 1);
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { Load(Published("", 2, "osnet_x0_25")); }),
              AllOf(HasSubstr("found weights of backbone osnet_x0_25"),
                    HasSubstr("expected weights of backbone osnet_x0_5")));
}

TEST_F(LoadBackboneTest, FilesWithoutABackboneAreRefused) {
  EXPECT_THAT(MessageOf(ErrorCode::kData,
                        [&] {
                          Load({{"vit.patch", at::ones({1})}});
                        }),
              AllOf(HasSubstr("vit.patch"), HasSubstr("conv1.weight")));
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { Load({}); }), HasSubstr("no tensor"));
}

}  // namespace
}  // namespace bcr
