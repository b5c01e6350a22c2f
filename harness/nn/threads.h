#pragma once

#include <string>

namespace bcr {

// Threads LibTorch uses inside one operation (OpenMP). Throws kUsage below 1. Call before the first
// operation: bytes of trained weights are promised for one thread count, not across them.
void SetTorchThreads(int threads);
int TorchThreads();
std::string TorchVersion();  // "2.11.0"
// The instruction set that LibTorch's kernels use on this processor: "AVX512", "AVX2", "DEFAULT".
std::string TorchKernels();

}  // namespace bcr
