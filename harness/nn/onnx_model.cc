#include "harness/nn/onnx_model.h"

#include <ATen/ATen.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <stdexcept>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/nn/foreign_model.h"
#include "harness/nn/model_input.h"
#include "harness/nn/onnx_engine.h"
#include "harness/nn/threads.h"

namespace bcr {
namespace {

struct FoundEngine {
  const OnnxEngine* engine = nullptr;
  std::string reason;  // why there is none
};

FoundEngine LoadEngine() {
#ifdef BCR_WITH_ONNX
  // By its bare name: the loader looks beside the code that asks, which is where the build puts it.
  void* library = ::dlopen(kOnnxEngineFile, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return {nullptr, ::dlerror()};
  using Entry = const OnnxEngine*();
  auto* entry = reinterpret_cast<Entry*>(::dlsym(library, kOnnxEngineEntry));
  if (entry == nullptr || entry()->revision != kOnnxEngineRevision)
    return {nullptr, fmt::format("{} is of another build", kOnnxEngineFile)};
  return {entry(), ""};
#else
  return {nullptr, "this build was made without it"};
#endif
}

const FoundEngine& Engine() {
  static const FoundEngine found = LoadEngine();
  return found;
}

// Runs a part of the engine: what it refuses is the file, or what was chosen of it.
template <typename Work>
auto Run(const std::string& path, const std::string& expected, const Work& work) {
  try {
    return work();
  } catch (const std::invalid_argument& error) {
    throw Error(ErrorCode::kConfig,
                {path, LastLine(error.what()), expected,
                 fmt::format("Say size and output in {}.json: {{\"height\": 256, \"width\": 128, "
                             "\"output\": \"0\"}}; an inner tensor is an output by its name.",
                             path)});
  } catch (const std::exception& error) {
    throw Error(ErrorCode::kData, {path, LastLine(error.what()), expected,
                                   "Export the network anew (docs/weights.md)."});
  }
}

constexpr const char* kExpected = "a network from n x 3 x H x W images to one vector each";

class OnnxModel : public Extractor {
 public:
  OnnxModel(const std::string& path, std::unique_ptr<OnnxNetwork> network, ModelInput input)
      : path_(path), network_(std::move(network)), input_(std::move(input)) {}
  int height() const override { return network_->height(); }
  int width() const override { return network_->width(); }
  const std::string& resize() const override { return input_.resize; }
  int feature_width() const override { return network_->feature_width(); }
  void Features(const at::Tensor& images, at::Tensor* features) override {
    const at::Tensor wanted = AsInput(images, input_).to(at::kCPU, at::kFloat).contiguous();
    *features = at::empty({wanted.size(0), feature_width()});
    Run(path_, kExpected, [&] {
      network_->Run(wanted.const_data_ptr<float>(), wanted.size(0),
                    features->mutable_data_ptr<float>());
    });
  }

 private:
  std::string path_;
  std::unique_ptr<OnnxNetwork> network_;
  ModelInput input_;
};

// Of the file and of the weights, which may lie in files beside it.
std::string HashOfNetwork(const std::string& path, const OnnxNetwork& network) {
  Hasher hasher;
  hasher.AddText(HashOfFile(path));
  network.VisitWeights([&](const void* data, size_t size) { hasher.Add(data, size); });
  return hasher.Hex();
}

}  // namespace

std::string OnnxEngineText() {
  return Engine().engine != nullptr ? Engine().engine->version : "none: " + Engine().reason;
}

OpenedModel OpenOnnx(const ModelReference& reference, const OpenModelOptions& /*options*/) {
  const std::string& path = reference.path;
  if (Engine().engine == nullptr)
    throw Error(
        ErrorCode::kUsage,
        {reference.Text(), "no engine for ONNX (" + Engine().reason + ")",
         "a build with OpenVINO, or TorchScript of the same network",
         "Type BCR_WITH_ONNX=ON ./scripts/bcreid --build: it fetches OpenVINO (60 MB). Or in "
         "Python: torch.jit.trace(model.eval(), torch.zeros(1, 3, 256, "
         "128)).save(\"model.pt\")"});
  if (!FileExists(path))
    throw Error(ErrorCode::kMissing, {path, "no such file", "an ONNX file", "Check the path."});
  const FoundInput found = FindModelInput(path);
  ModelInput input = found.input;
  const OnnxRequest request{path, found.says_height ? input.height : 0,
                            found.says_width ? input.width : 0, input.output, TorchThreads()};
  auto network = Run(path, kExpected, [&] { return Engine().engine->open(request); });
  input.height = network->height();
  input.width = network->width();
  OpenedModel opened;
  opened.notes = {InputText(path, input),
                  fmt::format("{}: {}, features of width {}, computed by {} on the CPU", path,
                              network->about(), network->feature_width(), OnnxEngineText())};
  opened.hash = HashOfNetwork(path, *network);
  opened.facts = ModelInputJson(input);
  opened.facts["engine"] = OnnxEngineText();
  opened.extractor = std::make_unique<OnnxModel>(path, std::move(network), input);
  return opened;
}

}  // namespace bcr
