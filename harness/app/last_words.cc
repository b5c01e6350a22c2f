#include "harness/app/last_words.h"

#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <new>

#include "harness/core/error.h"

namespace bcr {
namespace {

[[noreturn]] void End() {
  int code = kExitUsage;
  try {
    if (const std::exception_ptr current = std::current_exception()) {
      std::rethrow_exception(current);
    }
    std::fputs("bcreid: internal error: terminated without an exception\n", stderr);
    code = ExitCodeOf(ErrorCode::kInternal);
  } catch (const std::bad_alloc&) {
    code = OutOfMemory();
  } catch (const Error& error) {
    std::fprintf(stderr, "bcreid: %s\n", error.what());
    code = ExitCodeOf(error.code());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bcreid: internal error: %s\n", error.what());
    code = ExitCodeOf(ErrorCode::kInternal);
  } catch (...) {
    std::fputs("bcreid: internal error: an unknown exception\n", stderr);
    code = ExitCodeOf(ErrorCode::kInternal);
  }
  ::_exit(code);
}

}  // namespace

int OutOfMemory() {
  static constexpr char kMessage[] =
      "bcreid: memory: the system grants no more, expected enough for this command. Raise the "
      "limit "
      "(ulimit -v, the container's), or ask for less: --block-mb, --threads, fewer rows.\n";
  if (::write(STDERR_FILENO, kMessage, sizeof(kMessage) - 1) < 0) {
    // Nobody is there to read it.
  }
  return kExitUsage;
}

void InstallLastWords() { std::set_terminate(End); }

}  // namespace bcr
