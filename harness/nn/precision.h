#pragma once

#include <memory>
#include <string>

namespace bcr {

// The arithmetic of forward passes: "fp32", or "bf16", in which convolutions and matrix products
// take bfloat16 inputs (autocast) while weights, batch statistics, features and losses stay
// float32. Throws kUsage for another name.
void CheckPrecision(const std::string& precision);

// Makes every later operation of this process deterministic and float32 products exact: TF32 off,
// no cuDNN autotuning, deterministic CUDA kernels. Call before the first operation.
void SetDeterministicNumerics();

// Forward passes on `device` run in `precision` while this lives. Not for use across threads.
class PrecisionScope {
 public:
  PrecisionScope(const std::string& device, const std::string& precision);
  ~PrecisionScope();
  PrecisionScope(const PrecisionScope&) = delete;
  PrecisionScope& operator=(const PrecisionScope&) = delete;

 private:
  struct Saved;
  std::unique_ptr<Saved> saved_;  // null for fp32
};

}  // namespace bcr
