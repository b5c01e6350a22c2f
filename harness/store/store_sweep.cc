#include "harness/store/store_sweep.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "harness/core/files.h"

namespace bcr {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::hours kOld(24);

std::vector<fs::path> EntriesOf(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    entries.push_back(at->path());
  }
  return entries;
}

bool IsTemporary(const fs::path& path) {
  const std::string name = path.filename().string();
  return IsTemporaryName(name) || name.find(".tmp-") != std::string::npos;
}

std::string CommandOf(const std::string& process) {
  std::ifstream file("/proc/" + process + "/comm");
  std::string command;
  std::getline(file, command);
  return command;
}

// Whether another process of ours that runs on this machine gave the name, which holds its number
// behind ".tmp-": a clock that was set forward makes its files look old while it writes them.
bool IsBeingWritten(const fs::path& path) {
  constexpr std::string_view kMark = ".tmp-";
  const std::string name = path.filename().string();
  const char* number = name.c_str() + name.find(kMark) + kMark.size();
  const long process = std::strtol(number, nullptr, 16);
  if (process <= 0 || process == ::getpid()) return false;
  const std::string command = CommandOf(std::to_string(process));
  return !command.empty() && command == CommandOf("self");
}

bool IsOld(const fs::path& path) {
  std::error_code error;
  const auto changed = fs::last_write_time(path, error);
  return !error && fs::file_time_type::clock::now() - changed > kOld && !IsBeingWritten(path);
}

}  // namespace

void SweepTemporaries(const std::string& folder) {
  std::error_code ignored;
  for (const fs::path& entry : EntriesOf(folder)) {
    if (IsTemporary(entry)) {
      if (IsOld(entry)) fs::remove_all(entry, ignored);
      continue;
    }
    if (!fs::is_directory(entry, ignored)) continue;
    for (const fs::path& inner : EntriesOf(entry)) {
      if (IsTemporary(inner) && IsOld(inner)) fs::remove_all(inner, ignored);
    }
  }
}

void SweepTemporaryFiles(const std::string& folder) {
  static const std::regex given(R"(\.tmp-[0-9a-f]+-[0-9a-f]+-[0-9a-f]{8}(\.\w+)?)");
  std::error_code ignored;
  for (const fs::path& entry : EntriesOf(folder)) {
    const bool ours = std::regex_match(entry.filename().string(), given);
    if (ours && fs::is_regular_file(entry, ignored) && IsOld(entry)) fs::remove(entry, ignored);
  }
}

void SweepWorkFolder(const std::string& folder) {
  std::error_code ignored;
  for (const fs::path& entry : EntriesOf(folder)) {
    const std::string name = entry.filename().string();
    if (name.starts_with("making-") || IsTemporaryName(name)) fs::remove_all(entry, ignored);
  }
}

std::vector<std::string> WorkNames(const std::string& folder) {
  constexpr std::string_view kLock = ".lock";
  std::set<std::string> names;
  for (const fs::path& entry : EntriesOf(folder)) {
    if (IsTemporary(entry)) continue;
    std::string name = entry.filename().string();
    if (name.ends_with(kLock)) name.resize(name.size() - kLock.size());
    names.insert(std::move(name));
  }
  return {names.begin(), names.end()};
}

}  // namespace bcr
