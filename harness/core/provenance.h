#pragma once

#include <string>
#include <vector>

#include "harness/core/json.h"

namespace bcr {

// This build: version, git revision and whether sources were modified (made anew on every build),
// compiler, flags.
struct BuildInfo {
  std::string version, git_revision, compiler, flags, build_type;
  bool modified = false;
};
const BuildInfo& GetBuildInfo();

Json BuildJson();        // the same as an object, for records
Json HostInfo();         // {"cpu", "cores", "memory_gib", "os"}
int DefaultThreads();    // cores this process may use (affinity mask)
double PeakMemoryMiB();  // peak resident size of this process
std::string UtcNow();    // 2026-01-31T12:00:00Z
// Paths of the shared libraries in this process whose file name holds `part` (doctor: OpenMP
// runtimes, BLAS).
std::vector<std::string> LoadedLibraries(const std::string& part);
// The library file that serves a function of this name in this process, "" where none does.
std::string LibraryServing(const std::string& function);
// The BLAS in this process: OpenBLAS's own description, else the file that serves sgemm, else
// "none".
std::string BlasDescription();

// What to do where OpenBLAS runs kernels for an older processor than this one (it falls back to
// them on processors that it does not know): a sentence, or "" where they fit. `core` is the name
// that OpenBLAS gives.
std::string BlasWarning(const std::string& core, bool has_avx2, bool has_avx512);

}  // namespace bcr
