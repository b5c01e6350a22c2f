#pragma once

#include <atomic>
#include <thread>

namespace bcr::bench {

// Memory of this process in MiB, from /proc/self/status.
struct Memory {
  double anonymous = 0;  // RssAnon: what no file stands behind
  double resident = 0;   // VmRSS: mapped files included
};
Memory ReadMemory();

// Samples the process's memory every few milliseconds while it lives.
class MemoryWatch {
 public:
  MemoryWatch();
  ~MemoryWatch();
  // The peaks so far. `anonymous` is what came on top of the process at the start.
  Memory Peak();

 private:
  void Sample();

  const Memory start_;
  std::atomic<double> anonymous_{0}, resident_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace bcr::bench
