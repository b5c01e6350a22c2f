#pragma once

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace bcr {

// What main runs once the command line is parsed; returns the exit code. One subcommand sets it.
using Action = std::function<int()>;

// Each adds one subcommand (cmd_<name>.cc).
void AddDoctorCommand(CLI::App& app, Action& action);
void AddListCommand(CLI::App& app, Action& action);
void AddReportCommand(CLI::App& app, Action& action);
void AddScoreCommand(CLI::App& app, Action& action, const std::string& command_line);
void AddClusterCommand(CLI::App& app, Action& action, const std::string& command_line);
void AddCompareCommand(CLI::App& app, Action& action);
void AddGateCommand(CLI::App& app, Action& action);
#ifdef BCR_WITH_TORCH
void AddDataCommand(CLI::App& app, Action& action);
void AddExportCommand(CLI::App& app, Action& action);
void AddExtractCommand(CLI::App& app, Action& action, const std::string& command_line);
void AddGenerateCommand(CLI::App& app, Action& action, const std::string& command_line);
void AddRunCommand(CLI::App& app, Action& action, const std::string& command_line);
#endif

// The user's cache folder for bcreid: $XDG_CACHE_HOME/bcreid or ~/.cache/bcreid.
std::string DefaultCacheFolder();

}  // namespace bcr
