#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "harness/app/command.h"
#include "harness/app/last_words.h"
#include "harness/app/openmp_wait.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/find_named.h"
#include "harness/core/interrupt.h"
#include "harness/core/provenance.h"

namespace bcr {

namespace {

std::string CommandLine(int argc, char** argv) {
  std::string line = "bcreid";
  for (int i = 1; i < argc; ++i) line += std::string(" ") + argv[i];
  return line;
}

// What a command printed has reached its file or pipe, or the exit code says otherwise: a report
// cut short by a full disk must not pass for a whole one.
int AfterPrinting(int code) {
  const bool flushed = std::fflush(stdout) == 0;
  if (flushed && std::ferror(stdout) == 0) return code;
  const Error error(ErrorCode::kIo,
                    {"standard output", flushed ? "a failed write" : std::strerror(errno),
                     "to write all that is printed", "Is the disk full, or the reader gone?"});
  std::fprintf(stderr, "bcreid: %s\n", error.what());
  return code == kExitOk ? ExitCodeOf(error.code()) : code;
}

#ifndef BCR_WITH_TORCH
// A command that only the full build has. The light build knows its name and says which build it is.
void AddAbsentCommand(CLI::App& app, Action& action, const std::string& name,
                      const std::string& about) {
  CLI::App* absent = app.add_subcommand(name, about + " (not in this light build)");
  absent->allow_extras();
  absent->callback([name, &action] {
    action = [name]() -> int {
      throw Error(ErrorCode::kUsage,
                  {"bcreid " + name, "a light build, without training and images", "the full build",
                   fmt::format("Type ./scripts/bcreid {} without BCR_WITH_TORCH=OFF: it sets up "
                               "LibTorch and builds.",
                               name)});
    };
  });
}
#endif

// CLI11 would only say that a subcommand is required.
void RefuseUnknownCommand(CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  FindNamed(known, argv[1], [](const std::string& name) { return name; },
            {ErrorCode::kUsage, "bcreid", fmt::format("unknown command `{}`", argv[1]),
             "one of its commands"});
}

int Main(int argc, char** argv) {
  CLI::App app("bcreid: benchmark of backward-compatible person re-identification");
  app.require_subcommand(1);
  app.set_version_flag(
      "--version", "bcreid " + GetBuildInfo().version + " (" + GetBuildInfo().git_revision + ")");
  app.footer(
      "Exit codes: 0 done, 1 some cell failed, 2 usage or configuration, 3 outside tolerance, 130 "
      "interrupted.\n"
      "bcreid COMMAND --help shows a command's flags and examples.");
  Action action;
#ifdef BCR_WITH_TORCH
  AddRunCommand(app, action, CommandLine(argc, argv));
  AddDataCommand(app, action);
  AddExtractCommand(app, action, CommandLine(argc, argv));
  AddExportCommand(app, action);
  AddGenerateCommand(app, action, CommandLine(argc, argv));
#else
  AddAbsentCommand(app, action, "run", "Train, score and rank");
  AddAbsentCommand(app, action, "data", "Make or check a data set");
  AddAbsentCommand(app, action, "extract", "Features of a data set by any model");
  AddAbsentCommand(app, action, "export", "Write a model for other programs");
  AddAbsentCommand(app, action, "generate", "Images that a generator adds to training");
#endif
  AddScoreCommand(app, action, CommandLine(argc, argv));
  AddClusterCommand(app, action, CommandLine(argc, argv));
  AddCompareCommand(app, action);
  AddGateCommand(app, action);
  AddReportCommand(app, action);
  AddListCommand(app, action);
  AddDoctorCommand(app, action);
  RefuseUnknownCommand(app, argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  return AfterPrinting(action());
}

}  // namespace
}  // namespace bcr

int main(int argc, char** argv) {
  try {
    bcr::SetOpenMpWait(argv);
    // A write beyond the limit on the size of files then fails with a reason.
    std::signal(SIGXFSZ, SIG_IGN);
    bcr::InstallLastWords();
    bcr::InstallInterruptHandler();
    return bcr::Main(argc, argv);
  } catch (const bcr::Error& error) {
    std::fprintf(stderr, "bcreid: %s\n", error.what());
    return bcr::ExitCodeOf(error.code());
  } catch (const std::bad_alloc&) {
    return bcr::OutOfMemory();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bcreid: internal error: %s\n", error.what());
    return bcr::ExitCodeOf(bcr::ErrorCode::kInternal);
  }
}
