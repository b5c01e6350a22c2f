#include "harness/nn/cuda_library.h"

#include <ATen/ATen.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <dlfcn.h>

#include <vector>

#include "harness/core/provenance.h"

namespace bcr {
namespace {

// The dynamic loader's message of the last failed dlopen.
std::string LoaderMessage() {
  const char* message = dlerror();
  return message ? message : "unknown reason";
}

// Full path where libtorch_cpu.so is known to lie: a bare name would depend on the program's run
// path.
std::string CudaLibraryPath() {
  const std::string name = "libtorch_cuda.so";
  const std::vector<std::string> loaded = LoadedLibraries("libtorch_cpu.so");
  if (loaded.empty()) return name;
  return loaded[0].substr(0, loaded[0].rfind('/') + 1) + name;
}

// Device count, or the reason why none answers in `text`.
int CountDevices(std::string* text) {
  try {
    if (!at::detail::getCUDAHooks().hasCUDA()) {
      *text = "LibTorch's CUDA library is loaded, but no GPU answers";
      return 0;
    }
    const int devices = at::detail::getCUDAHooks().deviceCount();
    for (int i = 0; i < devices;
         ++i)  // a driver too old for this LibTorch fails here, not when counting
      at::ones({1}, at::TensorOptions().device(at::kCUDA, static_cast<c10::DeviceIndex>(i)))
          .add_(1);
    *text = std::to_string(devices) + " CUDA device(s) usable";
    return devices;
  } catch (const std::exception& e) {
    const std::string what = e.what();
    *text = "CUDA does not work: " + what.substr(0, what.find('\n'));
    return 0;
  }
}

CudaStatus Load() {
  CudaStatus status;
  status.driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL) != nullptr;
  if (!status.driver) {
    status.text = "no NVIDIA driver (libcuda.so.1) on this machine";
    return status;
  }
  const std::string path = CudaLibraryPath();
  // Global: the library registers its kernels with libtorch_cpu.so and is asked for by symbol from
  // there.
  status.library = dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr;
  if (!status.library) {
    status.text = "a driver is present, but " + path + " does not load: " + LoaderMessage();
    return status;
  }
  status.devices = CountDevices(&status.text);
  return status;
}

}  // namespace

const CudaStatus& LoadCudaLibrary() {
  static const CudaStatus status = Load();
  return status;
}

}  // namespace bcr
