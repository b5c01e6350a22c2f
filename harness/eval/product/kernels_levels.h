#pragma once

#include "harness/eval/product/kernels.h"

namespace bcr {

// One per compiled instruction set; kernels.cc chooses.
extern const Kernels kAvx512Kernels;
extern const Kernels kAvx2Kernels;
extern const Kernels kPortableKernels;

}  // namespace bcr
