#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/core/parallel.h"

namespace bcr {

struct SparseRow {
  std::vector<int32_t> cols;  // ascending
  std::vector<float> values;  // sum to 1
};
using SparseRows = std::vector<SparseRow>;

// A dense row of sums of which only the touched places are visited and cleared.
class Accumulator {
 public:
  explicit Accumulator(size_t size) : sums_(size, 0.0) {}

  void Add(int32_t at, double value) {  // REQUIRES: value > 0
    if (sums_[at] == 0.0) touched_.push_back(at);
    sums_[at] += value;
  }

  // The same where something was added before.
  void AddToKnown(int32_t at, double value) {
    if (sums_[at] != 0.0) sums_[at] += value;
  }

  // Calls visit(place, sum) for every touched place and clears it.
  template <typename Visit>
  void Drain(const Visit& visit) {
    for (const int32_t at : touched_) {
      visit(at, sums_[at]);
      sums_[at] = 0.0;
    }
    touched_.clear();
  }

  // The same in ascending order.
  template <typename Visit>
  void DrainSorted(const Visit& visit) {
    std::sort(touched_.begin(), touched_.end());
    Drain(visit);
  }

 private:
  std::vector<double> sums_;
  std::vector<int32_t> touched_;
};

constexpr size_t kRowsAnAccumulator = 512;

// Calls body(row, accumulator) for every row; rows of one block share an accumulator.
template <typename Body>
void ForEachRowWithSums(size_t rows, int threads, const Body& body) {
  ParallelFor((rows + kRowsAnAccumulator - 1) / kRowsAnAccumulator, threads, [&](size_t block) {
    Accumulator accumulator(rows);
    for (size_t i = block * kRowsAnAccumulator;
         i < std::min(rows, (block + 1) * kRowsAnAccumulator); ++i)
      body(i, accumulator);
  });
}

}  // namespace bcr
