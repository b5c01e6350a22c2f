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

// Torchvision's keys of a drawn network behind `prefix`.
Tensors Published(const std::string& prefix, uint64_t seed) {
  Tensors out;
  for (const auto& [name, tensor] : Model::Make(Spec(), seed)->State())
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
    for (const auto& [name, tensor] : Published("backbone.", seed))
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
              AllOf(HasSubstr("1 missing: backbone.layer3.1.conv2.weight"),
                    HasSubstr("1 unexpected: backbone.layer4.0.conv1.weight")));
  EXPECT_TRUE(testing::SameState(model_->State(), before));
}

TEST_F(LoadBackboneTest, AnotherBackboneIsNamed) {
  model_ = Model::Make(Spec("resnet18"), 1);
  EXPECT_THAT(MessageOf(ErrorCode::kData, [&] { Load(Published("", 2)); }),
              AllOf(HasSubstr("found weights of backbone micro16"),
                    HasSubstr("expected weights of backbone resnet18")));
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
