#include "harness/features/element_type.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace bcr::internal {
namespace {

static_assert(std::endian::native == std::endian::little, "feature files are little-endian");

// IEEE 754 binary16 to binary32; exact.
float FromHalf(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half >> 15) << 31;
  const uint32_t exponent = (half >> 10) & 31U;
  const uint32_t fraction = half & 1023U;
  if (exponent == 0) {
    const float magnitude = std::ldexp(static_cast<float>(fraction), -24);
    return sign != 0 ? -magnitude : magnitude;
  }
  const uint32_t widened = exponent == 31 ? 255U : exponent + 112U;
  return std::bit_cast<float>(sign | widened << 23 | fraction << 13);
}

// bfloat16 is the upper half of a float32.
float FromBfloat(uint16_t upper) {
  return std::bit_cast<float>(static_cast<uint32_t>(upper) << 16);
}

// Beyond the range a conversion is undefined in C++, so infinity is made by hand. What rounds to
// the largest float32 still counts as inside.
float FromDouble(double value) {
  constexpr double kRoundsToInfinity = 0x1.ffffffp127;
  if (std::fabs(value) >= kRoundsToInfinity) {
    return std::copysign(std::numeric_limits<float>::infinity(), value > 0 ? 1.0F : -1.0F);
  }
  return static_cast<float>(value);
}

template <typename T, typename Convert>
void ConvertAll(const uint8_t* from, size_t count, float* to, Convert convert) {
  for (size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, from + i * sizeof(T), sizeof(T));
    to[i] = convert(value);
  }
}

}  // namespace

size_t SizeOf(ElementType type) {
  switch (type) {
    case ElementType::kFloat16:
    case ElementType::kBfloat16:
      return 2;
    case ElementType::kFloat32:
      return 4;
    case ElementType::kFloat64:
      return 8;
  }
  return 0;
}

const char* NameOf(ElementType type) {
  switch (type) {
    case ElementType::kFloat16:
      return "float16";
    case ElementType::kBfloat16:
      return "bfloat16";
    case ElementType::kFloat32:
      return "float32";
    case ElementType::kFloat64:
      return "float64";
  }
  return "";
}

void ToFloat32(ElementType type, const uint8_t* from, size_t count, float* to) {
  switch (type) {
    case ElementType::kFloat16:
      return ConvertAll<uint16_t>(from, count, to, FromHalf);
    case ElementType::kBfloat16:
      return ConvertAll<uint16_t>(from, count, to, FromBfloat);
    case ElementType::kFloat32:
      if (count > 0) std::memcpy(to, from, count * sizeof(float));
      return;
    case ElementType::kFloat64:
      return ConvertAll<double>(from, count, to, FromDouble);
  }
}

}  // namespace bcr::internal
