#include "harness/app/engines.h"

#include <dlfcn.h>
#include <omp.h>

#include <nlohmann/json.hpp>

#include "harness/core/provenance.h"
#ifdef BCR_WITH_TORCH
#include "harness/nn/cuda_library.h"
#include "harness/nn/onnx_model.h"
#include "harness/nn/threads.h"
#endif
#ifdef BCR_WITH_SEARCH
#include "harness/search/approximate.h"
#endif

namespace bcr {
namespace {

// The processor whose kernels OpenBLAS runs, "" without OpenBLAS. By name: the light build links none.
std::string OpenBlasCore() {
  using Describe = char*();
  void* describe = ::dlsym(RTLD_DEFAULT, "openblas_get_corename");
  return describe == nullptr ? "" : reinterpret_cast<Describe*>(describe)();
}

}  // namespace

Json EngineFacts() {
#ifdef BCR_WITH_SEARCH
  RequireSearchEngine();  // it loads OpenBLAS
#endif
  Json facts = {{"openmp_threads", omp_get_max_threads()},
                {"openblas", BlasDescription()},
                {"openblas_core", OpenBlasCore()}};
#ifdef BCR_WITH_TORCH
  facts["libtorch"] = TorchVersion();
  facts["cuda"] = LoadCudaLibrary().text;
  facts["onnx"] = OnnxEngineText();
#else
  facts["libtorch"] = "not built in (light build)";
#endif
  return facts;
}

}  // namespace bcr
