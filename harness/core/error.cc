#include "harness/core/error.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "harness/core/printable.h"

namespace bcr {
namespace {

bool EndsSentence(const std::string& text) {
  return !text.empty() && (text.back() == '.' || text.back() == '?' || text.back() == '!');
}

std::string Compose(const ErrorText& text) {
  std::string body;
  if (!text.found.empty()) body = "found " + text.found;
  if (!text.expected.empty()) body += (body.empty() ? "expected " : ", expected ") + text.expected;

  std::string message = text.where;
  if (!message.empty() && !body.empty()) message += ": ";
  message += body;
  if (!text.hint.empty()) {
    if (!body.empty() && !EndsSentence(message)) message += ".";
    if (!message.empty()) message += body.empty() ? "; " : " ";
    message += text.hint;
  }
  if (message.empty()) return "unknown error.";
  if (!EndsSentence(message)) message += ".";
  return message;
}

}  // namespace

Error::Error(ErrorCode code, ErrorText text)
    : code_(code), text_(std::move(text)), message_(Printable(Compose(text_))) {}

const char* Error::what() const noexcept { return message_.c_str(); }

ExitCode ExitCodeOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage:
    case ErrorCode::kConfig:
    case ErrorCode::kData:
    case ErrorCode::kMissing:
    case ErrorCode::kIo:
      return kExitUsage;
    case ErrorCode::kGate:
      return kExitGate;
    case ErrorCode::kInterrupted:
      return kExitInterrupted;
    case ErrorCode::kTraining:
    case ErrorCode::kInternal:
      return kExitCellFailed;
  }
  return kExitCellFailed;
}

namespace internal {

void CheckFailed(const char* file, int line, const char* condition, const std::string& message) {
  std::fprintf(stderr, "%s:%d: internal error: %s (%s is false)\n", file, line, message.c_str(),
               condition);
  std::abort();
}

}  // namespace internal
}  // namespace bcr
