#include "harness/store/key_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "harness/core/files_internal.h"
#include "harness/core/interrupt.h"
#include "harness/core/progress.h"

namespace bcr {

namespace {

constexpr std::chrono::milliseconds kPause(100);

// Whether the file of that name is the one that was opened: its last holder may have removed it.
bool IsStill(const std::string& file, int descriptor) {
  struct stat named, opened;
  return ::stat(file.c_str(), &named) == 0 && ::fstat(descriptor, &opened) == 0 &&
         named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

}  // namespace

KeyLock::KeyLock(std::string file, const std::string& what) : file_(std::move(file)) {
  bool told = false;
  while (!Try()) {
    if (!told) Say("waiting: another process is making " + what);
    told = true;
    // Polled, so that Ctrl-C is heard.
    std::this_thread::sleep_for(kPause);
    if (Interrupted()) {
      Close();
      ThrowIfInterrupted();
    }
  }
}

std::unique_ptr<KeyLock> KeyLock::TryTake(std::string file) {
  std::unique_ptr<KeyLock> lock(new KeyLock(std::move(file)));
  // The second attempt is for a file that its last holder was just removing.
  if (lock->Try() || lock->Try()) return lock;
  return nullptr;
}

KeyLock::~KeyLock() {
  if (held_) ::unlink(file_.c_str());  // before the lock ends: whoever waits then opens another
  Close();
}

// True where the waiting is over.
bool KeyLock::Try() {
  if (descriptor_ < 0) Open();
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    // Without locks (some network file systems) equal work may be done twice; no more than that.
    return errno != EWOULDBLOCK && errno != EINTR;
  }
  held_ = IsStill(file_, descriptor_);
  if (!held_) Close();
  return held_;
}

void KeyLock::Open() {
  descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor_ >= 0) return;
  internal::ThrowErrno(errno, file_, "to open the lock of a writable store");
}

void KeyLock::Close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace bcr
