#include "harness/features/kept_rows.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

#include "harness/core/parallel.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

constexpr size_t kRows = 150, kCols = 3;

void Number(size_t first, size_t count, float* out) {
  for (size_t i = 0; i < count * kCols; ++i) out[i] = static_cast<float>(first * kCols + i);
}

TEST(KeptRows, EveryRowIsComputedOnceWhoeverAsks) {
  std::atomic<size_t> made = 0;
  const auto rows = NewKeptRows(kRows, kCols, [&](size_t first, size_t count, float* out) {
    made += count;
    Number(first, count, out);
  });
  EXPECT_EQ(made, 0U) << "nothing before the first read";
  ParallelFor(4 * kRows, 4, [&](size_t i) {
    const size_t row = (i * 7) % kRows;
    EXPECT_EQ(rows->Row(row, nullptr)[2], static_cast<float>(row * kCols + 2));
  });
  EXPECT_EQ(made, kRows);
}

TEST(KeptRows, AFailureIsThrownAndTheRowsAreAskedForAgain) {
  bool fail = true;
  const auto rows = NewKeptRows(kRows, kCols, [&](size_t first, size_t count, float* out) {
    if (fail) throw std::runtime_error("no rows today");
    Number(first, count, out);
  });
  EXPECT_THROW(rows->Row(149, nullptr), std::runtime_error);
  fail = false;
  EXPECT_EQ(rows->Row(149, nullptr)[0], 447.0F);
}

}  // namespace
}  // namespace bcr
