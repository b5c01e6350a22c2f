#include "memory_watch.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>

namespace bcr::bench {

Memory ReadMemory() {
  Memory memory;
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    double* value = word == "RssAnon:" ? &memory.anonymous
                    : word == "VmRSS:" ? &memory.resident
                                       : nullptr;
    if (value == nullptr) continue;
    status >> *value;
    *value /= 1024;
  }
  return memory;
}

MemoryWatch::MemoryWatch()
    : start_(ReadMemory()), thread_([this] {
        while (!stop_) {
          Sample();
          std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
      }) {}

MemoryWatch::~MemoryWatch() {
  stop_ = true;
  thread_.join();
}

void MemoryWatch::Sample() {
  const Memory now = ReadMemory();
  anonymous_ = std::max(anonymous_.load(), now.anonymous);
  resident_ = std::max(resident_.load(), now.resident);
}

Memory MemoryWatch::Peak() {
  Sample();
  return {anonymous_ - start_.anonymous, resident_};
}

}  // namespace bcr::bench
