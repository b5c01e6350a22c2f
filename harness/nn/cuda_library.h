#pragma once

#include <string>

namespace bcr {

// What is known about CUDA in this process, in words for `doctor` and for errors.
struct CudaStatus {
  bool driver = false;   // libcuda.so.1 is there
  bool library = false;  // libtorch_cuda.so was loaded
  int devices = 0;       // GPUs that answer
  std::string text;      // one sentence: what works, or why not
};

// Loads libtorch_cuda.so (found beside libtorch_cpu.so) where a driver is present: the program
// links the CPU half only, so that it starts on machines without CUDA. Done once, at the first
// call, which must come before any other CUDA call of the process (LibTorch caches the absence of
// CUDA). Never throws: absence is a status. Thread-safe.
const CudaStatus& LoadCudaLibrary();

}  // namespace bcr
