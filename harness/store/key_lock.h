#pragma once

#include <memory>
#include <string>
#include <utility>

namespace bcr {

// An exclusive lock named by a file, across threads, processes and containers that see the file
// (flock). It ends with the process that holds it, also by kill -9. The file exists only while the
// lock is held or after such a death.
class KeyLock {
 public:
  // Waits for whoever holds it and says once what for; Ctrl-C ends the waiting. Where the file
  // system knows no locks nothing is held, and nothing waits. Throws kIo, kInterrupted.
  KeyLock(std::string file, const std::string& what);
  // Does not wait: null where somebody else holds it. Throws kIo.
  static std::unique_ptr<KeyLock> TryTake(std::string file);
  ~KeyLock();
  KeyLock(const KeyLock&) = delete;
  KeyLock& operator=(const KeyLock&) = delete;
  bool held() const { return held_; }

 private:
  explicit KeyLock(std::string file) : file_(std::move(file)) {}
  void Open();
  bool Try();
  void Close();

  const std::string file_;
  int descriptor_ = -1;
  bool held_ = false;
};

}  // namespace bcr
