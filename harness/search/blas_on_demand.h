#pragma once

namespace bcr {

// Loads OpenBLAS, unless it is loaded. FAISS calls it by functions of blas_on_demand.cc where a program
// must start without it. Throws kMissing where it is not found, and as RequireAddressSpace.
void RequireBlas();

}  // namespace bcr
