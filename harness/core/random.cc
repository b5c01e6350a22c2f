#include "harness/core/random.h"

#include <xxhash.h>

#include <cmath>
#include <numbers>

#include "harness/core/error.h"

namespace bcr {
namespace {

constexpr uint64_t kGoldenGamma = 0x9e3779b97f4a7c15ULL;

// The output function of splitmix64 (Steele, Lea, Flood 2014): a bijection that spreads every bit.
uint64_t Mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

uint64_t RotateLeft(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

}  // namespace

uint64_t DeriveSeed(uint64_t seed, std::string_view stream) {
  return Mix(XXH3_64bits_withSeed(stream.data(), stream.size(), Mix(seed + kGoldenGamma)));
}

uint64_t DeriveSeed(uint64_t seed, uint64_t index) {
  // Two rounds with an asymmetric step: (a, b) and (b, a) must differ, and index 0 is no identity.
  return Mix(Mix(seed + kGoldenGamma) + kGoldenGamma * (2 * index + 1));
}

Random::Random(uint64_t seed) {
  for (uint64_t& word : state_) {
    seed += kGoldenGamma;
    word = Mix(seed);
  }
}

// xoshiro256** 1.0 (Blackman, Vigna: Scrambled Linear Pseudorandom Number Generators).
uint64_t Random::Next() {
  const uint64_t result = RotateLeft(state_[1] * 5, 7) * 9;
  const uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = RotateLeft(state_[3], 45);
  return result;
}

double Random::Uniform() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

double Random::Uniform(double low, double high) {
  const double value = low + (high - low) * Uniform();
  // Rounding can reach `high`, which the interval leaves out.
  return value < high || low >= high ? value : std::nextafter(high, low);
}

uint64_t Random::Below(uint64_t n) {
  BCR_CHECK(n > 0, "Below(0)");
  const uint64_t reject = (0 - n) % n;  // 2^64 mod n: the values that would favour small results
  uint64_t value = Next();
  while (value < reject) value = Next();
  return value % n;
}

double Random::Normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - Uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * Uniform());
}

bool Random::Chance(double probability) { return Uniform() < probability; }

}  // namespace bcr
