#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace bcr {

// Derives the seed of a named stream: every random choice has its own name, so that each can be
// varied alone and none depends on the order in which others were drawn. Mix further indices in
// with DeriveSeed(seed, index).
uint64_t DeriveSeed(uint64_t seed, std::string_view stream);
uint64_t DeriveSeed(uint64_t seed, uint64_t index);

// A small deterministic generator (xoshiro256**, seeded by splitmix64) with distributions of our
// own: the standard library's differ between implementations. Same seed, same values, everywhere.
class Random {
 public:
  explicit Random(uint64_t seed);

  uint64_t Next();   // 64 uniform bits
  double Uniform();  // [0, 1), 53 bits
  double Uniform(double low, double high);
  uint64_t Below(uint64_t n);  // unbiased in [0, n). REQUIRES: n > 0
  double Normal();             // mean 0, deviation 1 (Box-Muller, no cached second value)
  bool Chance(double probability);

  template <typename T>
  void Shuffle(std::vector<T>& items) {
    for (size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Below(i)]);
  }

 private:
  uint64_t state_[4];
};

}  // namespace bcr
