#include "harness/core/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace bcr {
namespace {

TEST(ParallelFor, CallsEachIndexOnce) {
  for (const int threads : {-1, 0, 1, 2, 3, 64}) {
    for (const size_t n : {0, 1, 2, 1000}) {
      std::vector<std::atomic<int>> calls(n);
      ParallelFor(n, threads, [&](size_t i) { ++calls[i]; });
      for (const auto& count : calls) EXPECT_EQ(count, 1) << threads;
    }
  }
}

TEST(ParallelFor, OneThreadKeepsOrderAndStaysHere) {
  const std::thread::id here = std::this_thread::get_id();
  std::vector<size_t> order;
  ParallelFor(5, 1, [&](size_t i) {
    order.push_back(i);
    EXPECT_EQ(std::this_thread::get_id(), here);
  });
  EXPECT_EQ(order, (std::vector<size_t>{0, 1, 2, 3, 4}));
}

TEST(ParallelFor, UsesAsManyThreadsAsAskedFor) {
  std::mutex mutex;
  std::set<std::thread::id> ids;
  std::atomic<int> waiting{0};
  ParallelFor(4, 4, [&](size_t) {
    {
      const std::lock_guard lock(mutex);
      ids.insert(std::this_thread::get_id());
    }
    ++waiting;
    // Nobody leaves before all four came: one thread cannot take two items.
    while (waiting < 4) std::this_thread::yield();
  });
  EXPECT_EQ(ids.size(), 4U);
}

TEST(ParallelFor, RethrowsTheLowestIndexWhateverTheThreadCount) {
  for (const int threads : {1, 2, 8}) {
    for (int repeat = 0; repeat < 20; ++repeat) {
      try {
        ParallelFor(100, threads, [](size_t i) {
          if (i == 17) std::this_thread::sleep_for(std::chrono::milliseconds(2));
          if (i >= 17) throw std::runtime_error(std::to_string(i));
        });
        FAIL() << "nothing was thrown";
      } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "17") << threads;
      }
    }
  }
}

TEST(ParallelFor, StopsAfterAnException) {
  std::atomic<size_t> started{0};
  EXPECT_THROW(ParallelFor(1000000, 2,
                           [&](size_t) {
                             ++started;
                             throw 1;
                           }),
               int);
  EXPECT_LE(started, 2U);
}

TEST(ParallelFor, Nests) {
  std::atomic<int> sum{0};
  ParallelFor(4, 2, [&](size_t) { ParallelFor(10, 2, [&](size_t) { ++sum; }); });
  EXPECT_EQ(sum, 40);
}

}  // namespace
}  // namespace bcr
