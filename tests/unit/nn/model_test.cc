#include "harness/nn/model.h"

#include <gmock/gmock.h>

#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using testing::Copy;
using testing::Features;
using ::testing::HasSubstr;
using testing::Images;
using testing::MessageOf;
using testing::SameBytes;
using testing::SameState;

ModelSpec Spec(int64_t classes = 5) {
  ModelSpec spec;
  spec.classes = classes;
  return spec;
}

TEST(Model, ForwardShapes) {
  const auto model = Model::Make(Spec(), 1);
  at::Tensor before, after, logits;
  model->Forward(Images(3, 64, 32), &before, &after, &logits);
  EXPECT_EQ(before.sizes().vec(), (std::vector<int64_t>{3, 128}));
  EXPECT_EQ(after.sizes().vec(), (std::vector<int64_t>{3, 128}));
  EXPECT_EQ(logits.sizes().vec(), (std::vector<int64_t>{3, 5}));
  EXPECT_TRUE(at::allclose(logits, at::linear(after, model->head_weight())));
  EXPECT_EQ(model->feature_width(), 128);
}

// Features after one training batch set the statistics. The figures agree with a NumPy float64
// forward pass over the same weights, written from torchvision's definition, to 4e-6.
void ExpectFeatures(const std::string& backbone, const std::vector<double>& expected) {
  ModelSpec spec = Spec(4);
  spec.backbone = backbone;
  const auto model = Model::Make(spec, 5);
  const at::Tensor images = Images(2, 64, 32);
  at::Tensor before;
  model->SetTraining(true);
  model->Forward(images, nullptr, &before, nullptr);
  model->SetTraining(false);
  model->Forward(images, &before, nullptr, nullptr);
  EXPECT_NEAR(before[0][0].item<double>(), expected[0], 2e-5);
  EXPECT_NEAR(before[0][1].item<double>(), expected[1], 2e-5);
  EXPECT_NEAR(before[1][2].item<double>(), expected[2], 2e-5);
  EXPECT_NEAR(before[1].norm().item<double>(), expected[3], 1e-4);
}

TEST(Model, FeaturesAgreeWithTheReference) {
  ExpectFeatures("micro16", {0.9611948, 0.7094832, 0.7154393, 20.29856});
  ExpectFeatures("resnet18", {1.112941, 0.218357, 0.7337201, 24.20204});
  ExpectFeatures("resnet50", {0.6899257, 0.01445575, 0.4667991, 34.42565});
  ExpectFeatures("resnet18,ibn=a,stem_relu=off", {0.8703646, 0.1621509, 1.576652, 34.51714});
}

// What its layers behind pooling hold is frozen too; what is not the backbone's learns.
TEST(Model, AFrozenBackboneLearnsNothingAndKeepsItsStatistics) {
  for (const char* backbone : {"micro16", "osnet_x0_25"}) {
    SCOPED_TRACE(backbone);
    ModelSpec spec = Spec();
    spec.backbone = backbone;
    const auto model = Model::Make(spec, 3);
    const size_t trained = model->Parameters().size();
    const auto before = Copy(model->State());
    at::Tensor evaluated, frozen, logits;
    model->Forward(Images(4, 64, 32), &evaluated, nullptr, nullptr);
    model->SetTraining(true);
    model->FreezeBackbone(true);
    model->Forward(Images(4, 64, 32), &frozen, nullptr, &logits);
    EXPECT_TRUE(at::allclose(frozen, evaluated, 1e-5, 1e-6)) << "running statistics";
    logits.pow(2).sum().backward();
    for (const auto& [name, tensor] : model->State()) {
      if (!name.starts_with("backbone.")) continue;
      EXPECT_TRUE(at::equal(tensor, before.at(name))) << name;
      EXPECT_FALSE(tensor.grad().defined()) << name;
    }
    for (const char* name : {"head.weight", "neck.weight", "pool.p"})
      EXPECT_TRUE(model->State().at(name).grad().defined()) << name;
    EXPECT_FALSE(at::equal(model->State().at("neck.running_mean"), before.at("neck.running_mean")));
    EXPECT_EQ(model->Parameters().size(), trained) << "optimisers count on their order";
    model->FreezeBackbone(false);
    model->Forward(Images(4, 64, 32), nullptr, nullptr, &logits);
    logits.sum().backward();
    for (const at::Tensor& p : model->Parameters()) EXPECT_TRUE(p.grad().defined());
  }
}

// Each ghost batch is normalised as a batch of its own would be; the last has the images that are left.
TEST(Model, GhostBatchesAreNormalisedApart) {
  for (const char* backbone : {"micro16", "osnet_x0_25", "resnet18,ibn=a"}) {
    SCOPED_TRACE(backbone);
    ModelSpec spec = Spec();
    spec.backbone = backbone;
    const at::Tensor images = Images(11, 64, 32);
    const auto forward = [&](Model& model, const at::Tensor& some) {
      at::Tensor logits;
      model.SetTraining(true);
      model.Forward(some, nullptr, nullptr, &logits);
      return logits;
    };
    const auto model = Model::Make(spec, 3), apart = Model::Make(spec, 3);
    model->SetGhostBatch(4);
    const at::Tensor logits = forward(*model, images);
    const at::Tensor first = forward(*apart, images.narrow(0, 0, 4));
    const auto running = Copy(apart->State());
    const at::Tensor rest = forward(*apart, images.narrow(0, 4, 7));
    EXPECT_TRUE(at::allclose(logits, at::cat({first, rest}), 1e-4, 1e-5));
    for (const auto& [name, tensor] : model->State()) {
      if (!name.ends_with("running_mean") && !name.ends_with("running_var")) continue;
      EXPECT_TRUE(at::allclose(tensor, running.at(name), 1e-4, 1e-5)) << name;
    }
    logits.pow(2).sum().backward();
    (first.pow(2).sum() + rest.pow(2).sum()).backward();
    for (const auto& [name, tensor] : model->State()) {
      if (!tensor.grad().defined()) continue;
      EXPECT_TRUE(at::allclose(tensor.grad(), apart->State().at(name).grad(), 1e-3, 1e-3)) << name;
    }
    // Of 3 images, fewer than a ghost batch, and where nothing is trained, it has no effect.
    model->SetGhostBatch(0);
    const at::Tensor whole = forward(*model, images.narrow(0, 0, 3));
    model->SetGhostBatch(4);
    EXPECT_TRUE(at::equal(forward(*model, images.narrow(0, 0, 3)), whole));
    at::Tensor evaluated, plain;
    model->SetTraining(false);
    model->Forward(images, &evaluated, nullptr, nullptr);
    model->SetGhostBatch(0);
    model->Forward(images, &plain, nullptr, nullptr);
    EXPECT_TRUE(at::equal(evaluated, plain));
  }
}

TEST(Model, WithoutHead) {
  const auto model = Model::Make(Spec(0), 1);
  at::Tensor logits = at::ones({1});
  model->Forward(Images(2, 64, 32), nullptr, nullptr, &logits);
  EXPECT_FALSE(logits.defined());
  EXPECT_FALSE(model->head_weight().defined());
  EXPECT_FALSE(model->State().contains("head.weight"));
}

TEST(Model, OtherImageSizesAndBackbones) {
  ModelSpec spec = Spec();
  spec.backbone = "resnet18";
  spec.height = 96;
  spec.width = 48;
  const auto model = Model::Make(spec, 1);
  EXPECT_EQ(Features(*model, Images(2, 96, 48)).size(1), 512);
}

TEST(Model, NeckShiftIsFrozenAtZero) {
  const auto model = Model::Make(Spec(), 1);
  const auto state = model->State();
  const size_t entries = state.size();
  EXPECT_TRUE(state.contains("neck.bias"));
  EXPECT_EQ(state.at("neck.bias").abs().max().item<float>(), 0);
  size_t trained = 0;
  for (const auto& [name, tensor] : state) trained += tensor.requires_grad();
  EXPECT_FALSE(state.at("neck.bias").requires_grad());
  EXPECT_TRUE(state.at("neck.weight").requires_grad());
  EXPECT_EQ(model->Parameters().size(), trained);
  // 16 normalisations (stem, 12 in blocks, 2 shortcuts, last) of 2 + 3 tensors, 16 convolutions;
  // neck 1 + 4; p; head.
  EXPECT_EQ(trained, 16U * 3 + 1 + 1 + 1);
  EXPECT_EQ(entries, 16U * 6 + 5 + 1 + 1);
  for (const at::Tensor& p : model->Parameters())
    EXPECT_NE(p.unsafeGetTensorImpl(), state.at("neck.bias").unsafeGetTensorImpl());
}

TEST(Model, AveragePoolingHasNoPower) {
  ModelSpec spec = Spec();
  spec.pooling = "avg";
  EXPECT_FALSE(Model::Make(spec, 1)->State().contains("pool.p"));
  EXPECT_FLOAT_EQ(Model::Make(Spec(), 1)->State().at("pool.p").item<float>(), 3);
}

TEST(Model, SameSeedSameBytes) {
  const auto first = Model::Make(Spec(), 7);
  at::rand({100});  // the global generator has no say
  const auto second = Model::Make(Spec(), 7);
  EXPECT_TRUE(SameState(first->State(), second->State()));
}

TEST(Model, BlankModelsHaveTheShapesAndNoDraws) {
  const auto drawn = Model::Make(Spec(), 1), blank = Model::MakeBlank(Spec());
  const auto shapes = drawn->State(), zeros = blank->State();
  ASSERT_EQ(shapes.size(), zeros.size());
  for (const auto& [name, tensor] : shapes) {
    ASSERT_TRUE(zeros.contains(name)) << name;
    EXPECT_EQ(zeros.at(name).sizes(), tensor.sizes()) << name;
  }
  EXPECT_EQ(zeros.at("head.weight").abs().sum().item<double>(), 0.0);
}

TEST(Model, DifferentSeedsDiffer) {
  const auto first = Model::Make(Spec(), 7)->State();
  const auto second = Model::Make(Spec(), 8)->State();
  for (const auto& [name, tensor] : first)
    if (tensor.dim() == 4 || name == "head.weight") {
      EXPECT_FALSE(SameBytes(tensor, second.at(name))) << name;
    }
}

TEST(Model, BackboneDoesNotDependOnTheHead) {
  const auto first = Model::Make(Spec(5), 7)->State();
  const auto second = Model::Make(Spec(50), 7)->State();
  for (const auto& [name, tensor] : first)
    if (name != "head.weight") {
      EXPECT_TRUE(SameBytes(tensor, second.at(name))) << name;
    }
}

TEST(Model, HeadStartsNarrow) {
  const at::Tensor head = Model::Make(Spec(500), 1)->head_weight().detach().to(at::kDouble);
  EXPECT_NEAR(head.std().item<double>(), 0.001, 2e-5);
}

TEST(Model, AnEmbeddingDecidesTheWidthAndNothingBeforeIt) {
  ModelSpec spec = Spec(5);
  spec.embedding = 300;
  const auto model = Model::Make(spec, 7);
  EXPECT_EQ(model->feature_width(), 300);
  EXPECT_EQ(spec.FeatureWidth(), 300);
  EXPECT_EQ(Spec().FeatureWidth(), 128);
  EXPECT_EQ(model->head_weight().sizes().vec(), (std::vector<int64_t>{5, 300}));
  const auto plain = Model::Make(Spec(5), 7)->State();
  for (const auto& [name, tensor] : model->State()) {
    if (name.starts_with("backbone.")) {
      EXPECT_TRUE(SameBytes(tensor, plain.at(name))) << name;
    }
  }
  // The layer is linear: features before the neck are its rows times the plain model's.
  const at::Tensor images = Images(3, 64, 32);
  at::Tensor embedded, pooled;
  model->Forward(images, &embedded, nullptr, nullptr);
  Model::Make(Spec(5), 7)->Forward(images, &pooled, nullptr, nullptr);
  EXPECT_TRUE(
      at::allclose(embedded, pooled.matmul(model->State().at("embedding.weight").t()), 1e-4, 1e-5));
}

TEST(Model, ResetHead) {
  const auto model = Model::Make(Spec(5), 1);
  const auto before = Copy(model->State());
  model->ResetHead(9, 2);
  EXPECT_EQ(model->spec().classes, 9);
  EXPECT_EQ(model->head_weight().sizes().vec(), (std::vector<int64_t>{9, 128}));
  EXPECT_TRUE(model->head_weight().requires_grad());
  EXPECT_EQ(model->Parameters().size(), Model::Make(Spec(9), 1)->Parameters().size());
  for (const auto& [name, tensor] : model->State())
    if (name != "head.weight") {
      EXPECT_TRUE(SameBytes(tensor, before.at(name))) << name;
    }
  model->ResetHead(0, 2);
  EXPECT_FALSE(model->head_weight().defined());
}

TEST(Model, EvaluationLeavesBuffersUntouched) {
  const auto model = Model::Make(Spec(), 1);
  EXPECT_FALSE(model->training());
  const auto before = Copy(model->State());
  Features(*model, Images(4, 64, 32));
  EXPECT_TRUE(SameState(model->State(), before));
}

TEST(Model, TrainingUpdatesBuffers) {
  const auto model = Model::Make(Spec(), 1);
  const auto before = Copy(model->State());
  model->SetTraining(true);
  Features(*model, Images(4, 64, 32));
  for (const auto& [name, tensor] : model->State()) {
    const bool buffer =
        name.find("running_") != std::string::npos || name.find("num_batches") != std::string::npos;
    EXPECT_EQ(SameBytes(tensor, before.at(name)), !buffer) << name;
  }
  EXPECT_EQ(model->State().at("backbone.bn1.num_batches_tracked").item<int64_t>(), 1);
}

TEST(Model, EveryParameterGetsAGradient) {
  const auto model = Model::Make(Spec(), 1);
  model->SetTraining(true);
  at::Tensor logits;
  model->Forward(Images(4, 64, 32), nullptr, nullptr, &logits);
  at::cross_entropy_loss(logits, at::arange(4)).backward();
  for (const auto& [name, tensor] : model->State()) {
    if (!tensor.requires_grad()) continue;
    ASSERT_TRUE(tensor.grad().defined()) << name;
    EXPECT_TRUE(tensor.grad().isfinite().all().item<bool>()) << name;
  }
}

// A training batch normalised after the neck has mean 0 and deviation 1 per channel.
TEST(Model, NeckNormalises) {
  const auto model = Model::Make(Spec(), 1);
  model->SetTraining(true);
  const at::Tensor after = Features(*model, Images(16, 64, 32));
  EXPECT_LT(after.mean(0).abs().max().item<float>(), 1e-5);
}

TEST(Model, BatchSizeDoesNotMatterInEvaluation) {
  const auto model = Model::Make(Spec(), 1);
  const at::Tensor images = Images(32, 64, 32);
  const at::Tensor all = Features(*model, images);
  for (int64_t i : {0, 13, 31}) {
    const at::Tensor one = Features(*model, images.slice(0, i, i + 1));
    EXPECT_LT((one - all.slice(0, i, i + 1)).abs().max().item<float>(), 1e-5F);
  }
}

TEST(Model, MoveToKeepsTensorsHeldElsewhere) {
  const auto model = Model::Make(Spec(), 1);
  const auto parameters = model->Parameters();
  model->MoveTo("cpu");
  EXPECT_EQ(model->device(), "cpu");
  const auto again = model->Parameters();
  for (size_t i = 0; i < parameters.size(); ++i)
    EXPECT_EQ(parameters[i].unsafeGetTensorImpl(), again[i].unsafeGetTensorImpl());
}

TEST(Model, TrainingOnOneImageIsRefused) {
  const auto model = Model::Make(Spec(), 1);
  model->SetTraining(true);
  EXPECT_THAT(MessageOf(ErrorCode::kTraining, [&] { Features(*model, Images(1, 64, 32)); }),
              HasSubstr("2 or more"));
}

TEST(Model, BadSpecsAreRefused) {
  const auto refuse = [](const char* part, auto change) {
    ModelSpec spec = Spec();
    change(spec);
    EXPECT_THAT(MessageOf(ErrorCode::kConfig, [&] { Model::Make(spec, 1); }), HasSubstr(part));
  };
  refuse("micro16", [](ModelSpec& s) { s.backbone = "micro61"; });
  refuse("gem or avg", [](ModelSpec& s) { s.pooling = "max"; });
  refuse("16 to 4096", [](ModelSpec& s) { s.height = 8; });
  refuse("16 to 4096", [](ModelSpec& s) { s.width = 5000; });
  refuse("classes", [](ModelSpec& s) { s.classes = -1; });
  refuse("embedding", [](ModelSpec& s) { s.embedding = -1; });
}

}  // namespace
}  // namespace bcr
