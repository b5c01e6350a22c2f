#include "harness/core/provenance.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

namespace bcr {
namespace {

// The value behind the first line that starts with `key`, or "".
std::string LineValue(const char* path, std::string_view key, char separator) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t at = line.find(separator);
    if (!line.starts_with(key) || at == std::string::npos) continue;
    const size_t start = line.find_first_not_of(" \t\"", at + 1);
    const size_t end = line.find_last_not_of(" \t\"");
    return start == std::string::npos ? "" : line.substr(start, end - start + 1);
  }
  return "";
}

std::string CpuName(const utsname& system) {
  const std::string model = LineValue("/proc/cpuinfo", "model name", ':');
  return model.empty() ? system.machine : model;
}

std::string OsName(const utsname& system) {
  const std::string pretty = LineValue("/etc/os-release", "PRETTY_NAME", '=');
  const std::string kernel = std::string(system.sysname) + " " + system.release;
  return pretty.empty() ? kernel : pretty + ", " + kernel;
}

double MemoryGiB() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page_size = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page_size <= 0) return 0.0;
  const double gib = static_cast<double>(pages) * static_cast<double>(page_size) / (1 << 30);
  return std::round(gib * 10.0) / 10.0;
}

struct LibrarySearch {
  const std::string& part;
  std::set<std::string> found;
};

int VisitLibrary(dl_phdr_info* info, size_t, void* context) {
  auto* search = static_cast<LibrarySearch*>(context);
  const std::string_view path = info->dlpi_name == nullptr ? "" : info->dlpi_name;
  const std::string_view name = path.substr(path.find_last_of('/') + 1);
  if (!name.empty() && name.find(search->part) != std::string_view::npos) {
    search->found.emplace(path);
  }
  return 0;
}

}  // namespace

Json BuildJson() {
  const BuildInfo& build = GetBuildInfo();
  return {{"version", build.version},   {"git_revision", build.git_revision},
          {"modified", build.modified}, {"compiler", build.compiler},
          {"flags", build.flags},       {"build_type", build.build_type}};
}

Json HostInfo() {
  utsname system = {};
  ::uname(&system);
  return Json{{"cpu", CpuName(system)},
              {"cores", DefaultThreads()},
              {"memory_gib", MemoryGiB()},
              {"os", OsName(system)}};
}

int DefaultThreads() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (::sched_getaffinity(0, sizeof(mask), &mask) == 0) return std::max(1, CPU_COUNT(&mask));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

double PeakMemoryMiB() {
  rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;  // Linux counts in KiB
}

std::string UtcNow() {
  const time_t now = ::time(nullptr);
  tm parts = {};
  ::gmtime_r(&now, &parts);
  char text[32];
  const size_t length = std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return std::string(text, length);
}

std::vector<std::string> LoadedLibraries(const std::string& part) {
  LibrarySearch search{part, {}};
  ::dl_iterate_phdr(VisitLibrary, &search);
  return {search.found.begin(), search.found.end()};
}

std::string LibraryServing(const std::string& function) {
  void* address = ::dlsym(RTLD_DEFAULT, function.c_str());
  Dl_info info{};
  if (address == nullptr || ::dladdr(address, &info) == 0 || info.dli_fname == nullptr) return "";
  return info.dli_fname;
}

std::string BlasWarning(const std::string& core, bool has_avx2, bool has_avx512) {
  static const std::set<std::string> with_avx2 = {"haswell",  "zen",        "excavator",
                                                  "skylakex", "cooperlake", "sapphirerapids"};
  std::string lower(core);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (core.empty() || !has_avx2 || with_avx2.count(lower) != 0) return "";
  return fmt::format(
      "OpenBLAS runs its kernels for {} although this processor has AVX2: matrix products are "
      "slow. "
      "Set OPENBLAS_CORETYPE={} in the environment.",
      core, has_avx512 ? "SkylakeX" : "Haswell");
}

std::string BlasDescription() {
  using Describe = char*();
  if (void* describe = ::dlsym(RTLD_DEFAULT, "openblas_get_config")) {
    return reinterpret_cast<Describe*>(describe)();
  }
  const std::string file = LibraryServing("sgemm_");
  return file.empty() ? "none" : file;
}

}  // namespace bcr
