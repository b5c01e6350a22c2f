#include "harness/app/openmp_wait.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "harness/core/provenance.h"

namespace bcr {
namespace {

constexpr const char* kSpinCount = "GOMP_SPINCOUNT";

bool SearchesByFaiss(char** argv) {
  for (; *argv != nullptr; ++argv) {
    if (std::string_view(*argv).starts_with("--search")) return true;
  }
  return false;
}

}  // namespace

void SetOpenMpWait(char** argv) {
  if (std::getenv(kSpinCount) != nullptr || std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  ::setenv(kSpinCount, "20000", 0);
  if (!SearchesByFaiss(argv) || LoadedLibraries("libgomp").empty()) return;
  // Where it fails the program runs on as it is, only slower beside other work.
  ::execv("/proc/self/exe", argv);
}

}  // namespace bcr
