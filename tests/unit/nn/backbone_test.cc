// What every backbone of the table promises. A new one is found by itself.
#include "harness/nn/backbone.h"

#include <ATen/CPUGeneratorImpl.h>
#include <gmock/gmock.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>

#include <set>
#include <sstream>

#include "harness/nn/model.h"
#include "harness/nn/torchscript_file.h"
#include "tests/unit/nn/built_backbone.h"

namespace bcr {
namespace {

using testing::BuiltBackbone;
using testing::Features;
using testing::Images;

// Each backbone at its defaults, and the first of a family with all of its switches away from them.
std::vector<std::string> References() {
  std::vector<std::string> references;
  std::set<std::string> families;
  for (const BackboneInfo* info : backbone_table()) {
    BackboneChoice choice = ChooseBackbone(info->name);
    references.push_back(choice.Text());
    if (info->switches.empty() || !families.insert(info->source).second) continue;
    for (const BackboneSwitch& one : info->switches) choice.values[one.key] = one.values.back();
    references.push_back(choice.Text());
  }
  return references;
}

class EveryBackbone : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    ModelSpec spec;
    spec.backbone = GetParam();
    spec.classes = 4;
    spec.height = height();
    spec.width = height() / 2;
    model_ = Model::MakeBlank(spec);
    Draw();
  }
  // The same deviations as Model::Make's, by LibTorch's generator: ours takes seconds for the large
  // networks.
  void Draw() {
    auto generator = at::detail::createCPUGenerator(1);
    for (auto& [name, tensor] : model_->State())
      if (tensor.dim() > 1)
        tensor.detach().normal_(0, std::sqrt(2.0 * tensor.size(1) / tensor.numel()), generator);
  }
  // Rows of an image. Of 32 x 16 pixels a late stage has two places left: instance normalisation over
  // them divides by next to nothing, and rounding shows.
  static int height() { return GetParam().find("ibn=a") == std::string::npos ? 32 : 64; }
  std::unique_ptr<Model> model_;
};

// Whether a tensor belongs to a gate of one or two hidden units, which may all be off on a few
// images.
bool InNarrowGate(const std::string& name, const std::map<std::string, at::Tensor>& state) {
  const std::string mark = ".gate.";
  const size_t at = name.find(mark);
  if (at == std::string::npos) return false;
  return state.at(name.substr(0, at + mark.size()) + "fc1.weight").size(0) <= 2;
}

// One test for all, since making a large network takes longer than the rest.
TEST_P(EveryBackbone, KeepsTheContract) {
  EXPECT_EQ(model_->spec().backbone, GetParam());
  EXPECT_EQ(model_->feature_width(), BackboneWidth(GetParam()));
  const at::Tensor images = Images(32, height(), height() / 2);

  // Training: a gradient for every parameter.
  model_->SetTraining(true);
  at::Tensor before, after, logits;
  model_->Forward(images.slice(0, 0, 4), &before, &after, &logits);
  EXPECT_EQ(before.sizes().vec(), (std::vector<int64_t>{4, model_->feature_width()}));
  EXPECT_EQ(after.sizes(), before.sizes());
  at::cross_entropy_loss(logits, at::arange(4)).backward();
  const std::map<std::string, at::Tensor> state = model_->State();
  for (const auto& [name, tensor] : state) {
    if (!tensor.requires_grad()) continue;
    ASSERT_TRUE(tensor.grad().defined()) << name;
    EXPECT_TRUE(tensor.grad().isfinite().all().item<bool>()) << name;
    if (!InNarrowGate(name, state)) {
      EXPECT_GT(tensor.grad().abs().max().item<float>(), 0) << name;
    }
  }

  // Extraction: an image's feature does not depend on the images beside it. Kernels for other batch
  // sizes round otherwise; that the others had a say would show in the first digits.
  model_->SetTraining(false);
  const at::Tensor all = Features(*model_, images);
  const float scale = all.abs().max().item<float>();
  for (int64_t i : {0, 31}) {
    const at::Tensor one = Features(*model_, images.slice(0, i, i + 1));
    EXPECT_LT((one - all.slice(0, i, i + 1)).abs().max().item<float>(), 5e-5F * scale);
  }

  // Its TorchScript serves any number of images and names no device.
  std::istringstream bytes(TorchScriptOf(*model_, {}));
  torch::jit::Module script = torch::jit::load(bytes);
  EXPECT_EQ(script.get_method("forward").graph()->toString(false).find("Device"),
            std::string::npos);
  const c10::NoGradGuard no_grad;
  const torch::jit::GraphOptimizerEnabledGuard as_written(false);
  for (const int64_t count : {1, 3, 32}) {
    const at::Tensor some = images.slice(0, 0, count);
    EXPECT_LT(
        (script.forward({some}).toTensor() - Features(*model_, some)).abs().max().item<float>(),
        1e-5F * scale)
        << count;
  }
}

std::string TestName(const ::testing::TestParamInfo<std::string>& parameter) {
  std::string name = parameter.param;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Table, EveryBackbone, ::testing::ValuesIn(References()), TestName);

// Notes what it is told.
class Listener : public Backbone {
 public:
  explicit Listener(std::vector<ForwardContext>* heard) : heard_(heard) {}
  void Forward(const at::Tensor& images, const ForwardContext& context,
               at::Tensor* map) const override {
    heard_->push_back(context);
    *map = images;
  }
  void AfterPooling(const ForwardContext& context, at::Tensor* pooled) const override {
    heard_->push_back(context);
    *pooled = at::cat({*pooled, *pooled}, 1);
  }

 private:
  std::vector<ForwardContext>* heard_;
};

TEST(Backbone, BothStepsHearModeAndDomain) {
  std::vector<ForwardContext> heard;
  BackboneInfo info;
  info.name = "listener";
  info.feature_width = 6;
  info.make = [&](const SwitchValues&, const LayerContext&, const std::string& prefix) {
    EXPECT_EQ(prefix, "backbone.");
    return std::make_unique<Listener>(&heard);
  };
  ModelSpec spec;
  spec.pooling = "avg";
  spec.norm = "domain";
  spec.domains = {"first", "second"};
  const auto model = MakeModel(spec, {&info, {}}, Initialiser(1));
  const at::Tensor images = Images(2, 64, 32);
  at::Tensor before;
  model->Forward(images, &before, nullptr, nullptr);
  EXPECT_EQ(before.sizes().vec(), (std::vector<int64_t>{2, 6}));
  EXPECT_TRUE(at::allclose(before.slice(1, 3, 6), images.mean({2, 3})));
  model->SetTraining(true);
  model->Forward(images, &before, nullptr, nullptr, {0});
  ASSERT_EQ(heard.size(), 4U);
  for (size_t i = 0; i < heard.size(); ++i) {
    EXPECT_EQ(heard[i].training, i >= 2);
    ASSERT_EQ(heard[i].runs.size(), 1U);
    EXPECT_EQ(heard[i].runs[0].domain, i >= 2 ? 0 : 1) << "the last one where none is named";
  }
}

TEST(Backbone, MicroMapOfSmallImages) {
  EXPECT_EQ(BuiltBackbone("micro16").Map(Images(1, 64, 32)).sizes().vec(),
            (std::vector<int64_t>{1, 128, 8, 4}));
  EXPECT_EQ(BuiltBackbone("micro32").Map(Images(1, 64, 32)).sizes().vec(),
            (std::vector<int64_t>{1, 256, 8, 4}));
}

TEST(Backbone, MicroHasSixBlocks) {
  const BuiltBackbone built("micro16");
  size_t second = 0;
  for (const auto& [name, tensor] : built.tensors.All()) second += name.ends_with(".conv2.weight");
  EXPECT_EQ(second, 6U);
}

}  // namespace

}  // namespace bcr
