#pragma once

#include <exception>
#include <string>

namespace bcr {

// What kind of failure an Error reports. The process exit code follows from it (ExitCodeOf).
enum class ErrorCode {
  kUsage,        // a flag or argument is wrong
  kConfig,       // a setting, recipe, profile or override is wrong
  kData,         // the user's data (images, features, records) is wrong
  kMissing,      // a file, folder or library is absent
  kIo,           // reading or writing failed (disk full, permissions)
  kTraining,     // training cannot go on (non-finite loss, collapsed clustering)
  kGate,         // a gate or table is outside its tolerance
  kInterrupted,  // the user pressed Ctrl-C
  kInternal,     // a bug of ours
};

// Process exit codes: part of the command-line contract, do not renumber. kExitUsage stands for
// every request that cannot be served as typed: flags, configuration, and data or files that are
// wrong.
enum ExitCode {
  kExitOk = 0,
  kExitCellFailed = 1,
  kExitUsage = 2,
  kExitGate = 3,
  kExitInterrupted = 130
};

// The four parts of every message. `where` names the file, key or command; `hint` says what to do.
struct ErrorText {
  std::string where;
  std::string found;
  std::string expected;
  std::string hint;
};

// The one exception type of the project. Thrown where the problem is seen, caught in main and, per
// cell, by the runner. Exceptions of third-party libraries are translated at the edge of the folder
// that calls them.
class Error : public std::exception {
 public:
  Error(ErrorCode code, ErrorText text);
  // "where: found X, expected Y. Hint.", fit for a terminal (printable.h).
  const char* what() const noexcept override;
  ErrorCode code() const { return code_; }
  const ErrorText& text() const { return text_; }

 private:
  ErrorCode code_;
  ErrorText text_;
  std::string message_;
};

ExitCode ExitCodeOf(ErrorCode code);

namespace internal {
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition,
                              const std::string& message);
}

}  // namespace bcr

// Aborts on a bug of ours. User input must never reach it.
#define BCR_CHECK(condition, message) \
  ((condition) ? (void)0 : ::bcr::internal::CheckFailed(__FILE__, __LINE__, #condition, message))
