#include "harness/nn/torchscript_file.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/frontend/tracer.h>

#include <sstream>

#include "harness/core/error.h"
#include "harness/nn/torch_edge.h"

namespace bcr {
namespace {

using Tensors = std::map<std::string, at::Tensor>;
using Unit = std::shared_ptr<torch::jit::CompilationUnit>;

constexpr char kMultiply[] = "input.scale", kAdd[] = "input.shift";
constexpr int64_t kTracedImages = 2;

// A module for each part of the names between dots, as in Python.
torch::jit::Module Nested(const Tensors& tensors, const std::string& type, const Unit& unit) {
  torch::jit::Module module(c10::QualifiedName("__torch__.bcreid." + type), unit,
                            /*shouldMangle=*/true);
  module.register_attribute("training", c10::BoolType::get(), false);
  std::map<std::string, Tensors> parts;
  for (const auto& [name, tensor] : tensors) {
    const size_t dot = name.find('.');
    if (dot == std::string::npos)
      module.register_parameter(name, tensor, /*is_buffer=*/!tensor.requires_grad());
    else
      parts[name.substr(0, dot)].emplace(name.substr(dot + 1), tensor);
  }
  for (const auto& [name, inner] : parts) module.register_module(name, Nested(inner, "Part", unit));
  return module;
}

// Those that the features depend on.
Tensors TensorsOf(Model& model, FeatureSide side) {
  Tensors used;
  for (const auto& [name, tensor] : model.State()) {
    const bool behind = name.starts_with("head.") ||
                        (side == FeatureSide::kBeforeNeck && name.starts_with("neck."));
    if (!behind && !name.ends_with("num_batches_tracked")) used.emplace(name, tensor);
  }
  return used;
}

at::Tensor Column(const std::array<double, 3>& values) {
  at::Tensor column = at::empty({1, 3, 1, 1});
  for (size_t i = 0; i < 3; ++i)
    column.mutable_data_ptr<float>()[i] = static_cast<float>(values[i]);
  return column;
}

// pixel x scale + shift is (pixel / scale - mean) / deviation of the model's input.
void AddNormalisation(const ModelInput& input, Tensors& tensors) {
  std::array<double, 3> multiply{}, add{};
  for (size_t i = 0; i < 3; ++i) {
    multiply[i] = 1 / (input.scale * input.deviation[i]);
    add[i] = -input.mean[i] / input.deviation[i];
  }
  tensors[kMultiply] = Column(multiply);
  tensors[kAdd] = Column(add);
}

void Trace(Model& model, const TorchScriptFacts& facts, const Tensors& tensors,
           torch::jit::Module& module) {
  const auto forward = [&](torch::jit::Stack inputs) -> torch::jit::Stack {
    at::Tensor images = inputs.at(0).toTensor(), features;
    if (facts.pixels) images = images * tensors.at(kMultiply) + tensors.at(kAdd);
    const bool after = facts.side == FeatureSide::kAfterNeck;
    model.Forward(images, after ? nullptr : &features, after ? &features : nullptr, nullptr);
    return {features};
  };
  const at::Tensor blank = at::zeros({kTracedImages, 3, model.spec().height, model.spec().width});
  const auto unnamed = [](const at::Tensor&) { return std::string(); };
  const auto state = torch::jit::tracer::trace({blank}, forward, unnamed, /*strict=*/true,
                                               /*force_outplace=*/false, &module, {"images"})
                         .first;
  const c10::QualifiedName name(*module.type()->name(), "forward");
  module.type()->addMethod(
      module._ivalue()->compilation_unit()->create_function(name, state->graph));
}

}  // namespace

std::string TorchScriptOf(Model& model, const TorchScriptFacts& facts) {
  BCR_CHECK(!model.training() && model.device() == "cpu", "not a model at rest");
  std::ostringstream bytes;
  TranslateTorch(
      [&] {
        const c10::NoGradGuard no_grad;
        Tensors tensors = TensorsOf(model, facts.side);
        if (facts.pixels) AddNormalisation(facts.input, tensors);
        auto module = Nested(tensors, "Network", std::make_shared<torch::jit::CompilationUnit>());
        Trace(model, facts, tensors, module);
        module.save(bytes, {{"bcreid.json", facts.note}});
      },
      "tracing " + model.spec().backbone);
  return bytes.str();
}

}  // namespace bcr
