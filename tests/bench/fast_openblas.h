#pragma once

namespace bcr::bench {

// OpenBLAS picks its kernels by CPU model and falls back to those without AVX-512 for models younger
// than itself, which would flatter us: where the CPU has AVX-512 and OPENBLAS_CORETYPE is not set,
// the program starts itself again with OPENBLAS_CORETYPE=SkylakeX. To be called first.
void UseFastOpenBlas(char** argv);

}  // namespace bcr::bench
