#pragma once

#include <cstddef>
#include <string>

namespace bcr {

// Throws kConfig where the process may not map `needed_mib` more of address space (ulimit -v), and
// 100 MiB for each thread that may work, for `what`, e.g. "loading OpenBLAS". Some libraries wait for
// ever or end the process where memory is refused to them while they start, so that a limit must be
// told before they are loaded.
void RequireAddressSpace(const std::string& what, size_t needed_mib);

}  // namespace bcr
