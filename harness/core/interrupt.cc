#include "harness/core/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "harness/core/error.h"

namespace bcr {
namespace {

std::atomic<bool> g_interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch nothing else");

void OnSignal(int) {
  if (g_interrupted.exchange(true)) ::_exit(kExitInterrupted);
  const int saved = errno;
  static constexpr char kNotice[] = "\nstopping at the next safe point; again to stop at once\n";
  if (::write(STDERR_FILENO, kNotice, sizeof(kNotice) - 1) < 0) {
    // Nobody is there to read it.
  }
  errno = saved;
}

}  // namespace

void InstallInterruptHandler() {
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

bool Interrupted() { return g_interrupted.load(); }

void ThrowIfInterrupted() {
  if (!Interrupted()) return;
  throw Error(ErrorCode::kInterrupted, {"stopped", "", "", "run the same command to resume"});
}

}  // namespace bcr
