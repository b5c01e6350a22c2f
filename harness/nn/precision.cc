#include "harness/nn/precision.h"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>

#include <cstdlib>

#include "harness/core/error.h"

namespace bcr {

void CheckPrecision(const std::string& precision) {
  if (precision == "fp32" || precision == "bf16") return;
  throw Error(ErrorCode::kUsage,
              {"--precision", "`" + precision + "`", "fp32 or bf16", "Leave it out for fp32."});
}

void SetDeterministicNumerics() {
  // cuBLAS reads it at its first use; without it its deterministic mode refuses to run.
  setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);
  at::Context& context = at::globalContext();
  // An operator without a deterministic CUDA kernel warns: its user knows better than a refusal.
  context.setDeterministicAlgorithms(true, /*warn_only=*/true);
  context.setDeterministicFillUninitializedMemory(false);
  context.setDeterministicCuDNN(true);
  context.setBenchmarkCuDNN(false);
  context.setAllowTF32CuBLAS(false);
  context.setAllowTF32CuDNN(false);
}

struct PrecisionScope::Saved {
  at::DeviceType device;
  bool enabled, cached;
  at::ScalarType dtype;
};

PrecisionScope::PrecisionScope(const std::string& device, const std::string& precision) {
  CheckPrecision(precision);
  if (precision == "fp32") return;
  const at::DeviceType type = at::Device(device).type();
  saved_ = std::make_unique<Saved>(Saved{type, at::autocast::is_autocast_enabled(type),
                                         at::autocast::is_autocast_cache_enabled(),
                                         at::autocast::get_autocast_dtype(type)});
  at::autocast::set_autocast_enabled(type, true);
  at::autocast::set_autocast_dtype(type, at::kBFloat16);
  // A cached bfloat16 copy would outlive the optimiser's next step.
  at::autocast::set_autocast_cache_enabled(false);
}

PrecisionScope::~PrecisionScope() {
  if (saved_ == nullptr) return;
  at::autocast::set_autocast_enabled(saved_->device, saved_->enabled);
  at::autocast::set_autocast_dtype(saved_->device, saved_->dtype);
  at::autocast::set_autocast_cache_enabled(saved_->cached);
}

}  // namespace bcr
