#include "harness/core/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "harness/core/provenance.h"

namespace bcr {
namespace {

class Loop {
 public:
  Loop(size_t n, const std::function<void(size_t)>& body) : n_(n), body_(body) {}

  void Work() {
    while (!failed_.load(std::memory_order_relaxed)) {
      const size_t i = next_.fetch_add(1, std::memory_order_relaxed);
      if (i >= n_) return;
      try {
        body_(i);
      } catch (...) {
        Keep(i, std::current_exception());
      }
    }
  }

  void Rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  // Every index below a failed one was handed out before it and runs to its end, so the lowest is
  // well defined.
  void Keep(size_t i, std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    if (!error_ || i < error_index_) {
      error_ = std::move(error);
      error_index_ = i;
    }
    failed_.store(true, std::memory_order_relaxed);
  }

  const size_t n_;
  const std::function<void(size_t)>& body_;
  std::atomic<size_t> next_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::exception_ptr error_;
  size_t error_index_ = 0;
};

}  // namespace

void ParallelFor(size_t n, int threads, const std::function<void(size_t)>& body) {
  if (threads <= 0) threads = DefaultThreads();
  Loop loop(n, body);
  std::vector<std::thread> helpers;
  const size_t wanted = std::min(n, static_cast<size_t>(threads));
  try {
    helpers.reserve(wanted);
    while (helpers.size() + 1 < wanted) helpers.emplace_back(&Loop::Work, &loop);
  } catch (const std::system_error&) {
    // The system grants no more threads: those we have do the work.
  }
  loop.Work();
  for (std::thread& helper : helpers) helper.join();
  loop.Rethrow();
}

}  // namespace bcr
