#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>

#include <charconv>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/nn/foreign_model.h"
#include "harness/nn/model_input.h"

namespace bcr {
namespace {

std::string ShapeText(const at::Tensor& tensor) {
  return fmt::format("[{}]", fmt::join(tensor.sizes(), ", "));
}

struct Output {
  std::string name;  // or its place
  at::Tensor tensor;
};

// The tensors of what a network returns: one, a tuple or list of them, or a dict by name.
std::vector<Output> OutputsOf(const c10::IValue& value) {
  std::vector<Output> outputs;
  const auto add = [&](const std::string& name, const c10::IValue& item) {
    if (item.isTensor()) outputs.push_back({name, item.toTensor()});
  };
  if (value.isTensor()) add("0", value);
  if (value.isTuple()) {
    const auto& elements = value.toTupleRef().elements();
    for (size_t i = 0; i < elements.size(); ++i) add(std::to_string(i), elements[i]);
  }
  if (value.isList()) {
    const auto list = value.toList();
    for (size_t i = 0; i < list.size(); ++i) add(std::to_string(i), list.get(i));
  }
  if (value.isGenericDict())
    for (const auto& item : value.toGenericDict())
      if (item.key().isString()) add(item.key().toStringRef(), item.value());
  return outputs;
}

[[noreturn]] void ThrowFailure(const std::string& path, const std::string& message,
                               const std::string& expected) {
  throw Error(ErrorCode::kData, {path, "a failure: " + LastLine(message), expected,
                                 "Its size and other inputs are said in " + path + ".json."});
}

// Runs a part of somebody else's network: what fails there is no mistake of ours.
template <typename Work>
auto Run(const std::string& path, const std::string& expected, const Work& work) {
  try {
    return work();
  } catch (const c10::Error& error) {
    ThrowFailure(path, error.what_without_backtrace(), expected);
  } catch (const std::runtime_error& error) {
    ThrowFailure(path, error.what(), expected);
  }
}

class TorchScriptModel : public Extractor {
 public:
  TorchScriptModel(const std::string& path, ModelInput input, const std::string& device)
      : path_(path), input_(std::move(input)), device_(device) {
    module_ = Run(path, "a network that torch.jit.save wrote", [&] {
      auto module = torch::jit::load(path, at::Device(at::kCPU));
      module.eval();
      module.to(device_);
      return module;
    });
    // What a blank image gives tells the width, and whether the network takes this size at all.
    at::Tensor blank;
    Features(at::zeros({2, 3, input_.height, input_.width}), &blank);
    width_ = static_cast<int>(blank.size(1));
  }
  int height() const override { return input_.height; }
  int width() const override { return input_.width; }
  const std::string& resize() const override { return input_.resize; }
  int feature_width() const override { return width_; }
  void Features(const at::Tensor& images, at::Tensor* features) override {
    const c10::InferenceMode inference;
    // As it is written: rewriting it for speed, which PyTorch does while the first batches pass, takes
    // seconds, and later batches would be computed otherwise than earlier ones.
    const torch::jit::GraphOptimizerEnabledGuard as_written(false);
    const c10::IValue result =
        Run(path_, fmt::format("a network that takes n x 3 x {} x {}", input_.height, input_.width),
            [&] { return module_.forward({AsInput(images, input_).to(device_)}); });
    *features = Pick(OutputsOf(result), images.size(0)).to(at::kFloat);
  }

 private:
  // n x d of the chosen output; maps of one pixel count as vectors.
  at::Tensor Pick(const std::vector<Output>& outputs, int64_t images) const {
    std::vector<std::string> shapes;
    for (const Output& output : outputs)
      shapes.push_back(output.name + " " + ShapeText(output.tensor));
    const std::string found = fmt::format("the outputs {}", fmt::join(shapes, ", "));
    for (const Output& output : outputs) {
      if (input_.output.empty() ? outputs.size() > 1 : output.name != input_.output) continue;
      const at::Tensor& tensor = output.tensor;
      if (tensor.dim() < 2 || tensor.size(0) != images || tensor.numel() != images * tensor.size(1))
        break;
      return tensor.reshape({images, tensor.size(1)});
    }
    throw Error(ErrorCode::kConfig, {path_, outputs.empty() ? "no tensor as output" : found,
                                     fmt::format("a feature vector for each of {} images", images),
                                     "Choose one in " + path_ + ".json: {\"output\": \"0\"}."});
  }

  std::string path_;
  ModelInput input_;
  at::Device device_;
  torch::jit::Module module_;
  int width_ = 0;
};

}  // namespace

OpenedModel OpenTorchScript(const ModelReference& reference, const OpenModelOptions& options) {
  const std::string& path = reference.path;
  if (!FileExists(path))
    throw Error(ErrorCode::kMissing,
                {path, "no such file", "a TorchScript file", "Check the path."});
  if (!options.trust)
    throw Error(ErrorCode::kUsage,
                {reference.Text(), "TorchScript, which is code that would run here",
                 "your word for it", "Say --trust if you know where the file comes from."});
  OpenedModel opened;
  const FoundInput found = FindModelInput(path);
  opened.extractor = std::make_unique<TorchScriptModel>(path, found.input, options.device);
  opened.notes = {
      found.told,
      fmt::format("{} gives features of width {}{}", path, opened.extractor->feature_width(),
                  found.input.output.empty() ? "" : ", output " + found.input.output)};
  opened.hash = HashOfFile(path);
  opened.facts = ModelInputJson(found.input);
  return opened;
}

}  // namespace bcr
