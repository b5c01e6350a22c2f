#include "harness/nn/threads.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/version.h>

#include "harness/core/error.h"

namespace bcr {

void SetTorchThreads(int threads) {
  if (threads < 1)
    throw Error(ErrorCode::kUsage, {"threads", std::to_string(threads), "1 or more",
                                    "Leave it out to use all cores."});
  at::set_num_threads(threads);
}

int TorchThreads() { return at::get_num_threads(); }

std::string TorchVersion() { return TORCH_VERSION; }

std::string TorchKernels() { return at::get_cpu_capability(); }

}  // namespace bcr
