#pragma once

#include "harness/core/json.h"

namespace bcr {

// What `doctor` says about the libraries that compute: OpenMP threads, OpenBLAS and the kernels it
// chose, LibTorch, CUDA. Part of the program in the light build, of the training library in the full
// one.
Json EngineFacts();

}  // namespace bcr
