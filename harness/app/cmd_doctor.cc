#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "harness/app/command.h"
#include "harness/app/engines.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/core/provenance.h"
#ifdef BCR_WITH_TORCH
#include "harness/app/train_library.h"
#endif

namespace bcr {

namespace {

constexpr const char* kNotLoaded = "not_loaded";

// A doctor that cannot load them still tells the rest, and why.
Json FactsOfEngines() {
  try {
#ifdef BCR_WITH_TORCH
    return Training().engines();
#else
    return EngineFacts();
#endif
  } catch (const Error& error) {
    return {{kNotLoaded, error.what()}};
  }
}

Json Examine() {
  const BuildInfo& build = GetBuildInfo();
  Json json = FactsOfEngines();  // first: it loads what the others look for
  json["version"] = build.version;
  json["git_revision"] = build.git_revision + (build.modified ? " (modified)" : "");
  json["compiler"] = build.compiler;
  json["build_type"] = build.build_type;
  json["host"] = HostInfo();
  json["threads"] = DefaultThreads();
  json["openmp_runtimes"] = LoadedLibraries("omp");
  json["cblas_sgemm"] = LibraryServing("cblas_sgemm");
  if (const std::string file = LibraryServing("sgemm_"); !file.empty()) json["sgemm_"] = file;
  return json;
}

std::string SlowBlas([[maybe_unused]] const Json& json) {
#if defined(__x86_64__)
  return BlasWarning(json.value("openblas_core", ""), __builtin_cpu_supports("avx2") != 0,
                     __builtin_cpu_supports("avx512f") != 0);
#else
  return "";
#endif
}

int Doctor(bool as_json) {
  const Json json = Examine();
  // One OpenMP runtime at most: two thread pools fight over the cores.
  std::vector<std::string> runtimes;
  for (const Json& path : json["openmp_runtimes"]) {
    const auto name = path.get<std::string>();
    if (name.find("libgomp") != std::string::npos || name.find("libomp") != std::string::npos ||
        name.find("libiomp") != std::string::npos) {
      runtimes.push_back(name);
    }
  }
  if (as_json) {
    std::fputs(DumpJson(json).c_str(), stdout);
  } else {
    for (const auto& [key, value] : json.items()) {
      fmt::print("{:16} {}\n", key, value.is_string() ? value.get<std::string>() : value.dump());
    }
  }
  if (const std::string slow = SlowBlas(json); !slow.empty()) {
    std::fprintf(stderr, "doctor: warning: %s\n", slow.c_str());
  }
  if (runtimes.size() > 1) {
    std::fprintf(
        stderr,
        "doctor: %zu OpenMP runtimes are loaded; expected one. Install libopenblas-openmp-dev.\n",
        runtimes.size());
    return kExitUsage;
  }
  return json.contains(kNotLoaded) ? kExitUsage : kExitOk;
}

}  // namespace

void AddDoctorCommand(CLI::App& app, Action& action) {
  auto as_json = std::make_shared<bool>(false);
  CLI::App* doctor =
      app.add_subcommand("doctor", "Versions, devices, threads, OpenMP runtimes, the BLAS in use");
  doctor->add_flag("--json", *as_json, "As JSON");
  doctor->footer("\nExamples:\n  bcreid doctor\n  bcreid doctor --json");
  doctor->callback([as_json, &action] { action = [as_json] { return Doctor(*as_json); }; });
}

}  // namespace bcr
