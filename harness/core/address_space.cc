#include "harness/core/address_space.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>

#include "harness/core/error.h"
#include "harness/core/provenance.h"

namespace bcr {
namespace {

constexpr size_t kMebibyte = size_t{1} << 20;
// A thread's stack, its part of the heap (glibc maps 64 MiB) and a buffer of OpenBLAS.
constexpr size_t kThreadMiB = 100;

// Mapped by this process; 0 where the system does not tell.
size_t MappedMiB() {
  size_t pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%zu", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return pages * static_cast<size_t>(::sysconf(_SC_PAGESIZE)) / kMebibyte;
}

}  // namespace

void RequireAddressSpace(const std::string& what, size_t needed_mib) {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  const size_t granted = limit.rlim_cur / kMebibyte;
  const size_t needed =
      MappedMiB() + needed_mib + kThreadMiB * static_cast<size_t>(DefaultThreads());
  if (granted >= needed) return;
  throw Error(ErrorCode::kConfig,
              {what, fmt::format("a limit of {} MiB of address space", granted),
               fmt::format("{} MiB or more", needed),
               "Raise the limit (ulimit -v counts in KiB), or leave out what needs it."});
}

}  // namespace bcr
