#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace bcr {

// What libbcreid-onnx.so gives to the rest of the program, which loads it when an ONNX file is
// opened (onnx_model.cc). It stands alone: nothing of bcreid's is linked into it, and its own
// failures are std::invalid_argument (the user's choice of size or output) and std::runtime_error
// (the file). Private to harness/nn.
struct OnnxRequest {
  std::string path;
  int height = 0, width = 0;  // of the images; 0: as the file says, or else 256 x 128
  std::string output;         // place or name of an output, or the name of an inner tensor; ""
  int threads = 1;
};

class OnnxNetwork {
 public:
  virtual ~OnnxNetwork() = default;
  virtual int height() const = 0;  // of the images that it takes
  virtual int width() const = 0;
  virtual int feature_width() const = 0;  // d
  virtual std::string about() const = 0;  // for people: its input and its output
  // images: count x 3 x height x width; features: count x d, filled.
  virtual void Run(const float* images, int64_t count, float* features) = 0;
  // The weights, in a fixed order: they may lie in files beside the model's.
  virtual void VisitWeights(const std::function<void(const void*, size_t)>& visit) const = 0;
};

struct OnnxEngine {
  int revision;         // kOnnxEngineRevision of the library
  const char* version;  // name and version of the engine inside
  std::unique_ptr<OnnxNetwork> (*open)(const OnnxRequest& request);
};
constexpr int kOnnxEngineRevision = 1;  // raised with every change of this file
constexpr char kOnnxEngineFile[] = "libbcreid-onnx.so";
constexpr char kOnnxEngineEntry[] = "bcreid_onnx_engine";  // const OnnxEngine*()

}  // namespace bcr
