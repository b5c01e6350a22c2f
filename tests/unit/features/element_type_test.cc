#include "harness/features/element_type.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "tests/unit/features/feature_files_fixture.h"

namespace bcr::internal {
namespace {

template <typename T>
std::vector<float> Converted(ElementType type, const std::vector<T>& values) {
  // One byte off, so that nothing may rest on alignment.
  const std::string bytes = "x" + test::Bytes(values);
  std::vector<float> out(values.size());
  ToFloat32(type, reinterpret_cast<const uint8_t*>(bytes.data()) + 1, values.size(), out.data());
  return out;
}

// binary16 from its definition, in double arithmetic.
double HalfValue(uint16_t half) {
  const int exponent = (half >> 10) & 31;
  const double fraction = (half & 1023) / 1024.0;
  const double magnitude =
      exponent == 0 ? std::ldexp(fraction, -14) : std::ldexp(1 + fraction, exponent - 15);
  return (half >> 15) != 0 ? -magnitude : magnitude;
}

TEST(ElementType, EveryHalfIsExact) {
  std::vector<uint16_t> halves(1 << 16);
  for (size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<uint16_t>(i);
  const std::vector<float> floats = Converted(ElementType::kFloat16, halves);
  for (size_t i = 0; i < halves.size(); ++i) {
    if ((halves[i] & 0x7C00) == 0x7C00) {
      EXPECT_FALSE(std::isfinite(floats[i])) << i;
      EXPECT_EQ(std::isnan(floats[i]), (halves[i] & 1023) != 0) << i;
    } else {
      EXPECT_EQ(static_cast<double>(floats[i]), HalfValue(halves[i])) << i;
      EXPECT_EQ(std::signbit(floats[i]), (halves[i] >> 15) != 0) << i;
    }
  }
}

TEST(ElementType, BfloatIsTheUpperHalfOfAFloat) {
  const std::vector<float> floats =
      Converted<uint16_t>(ElementType::kBfloat16, {0x3F80, 0xC020, 0x0001, 0x7F80, 0x7FC0});
  EXPECT_EQ(floats[0], 1.0F);
  EXPECT_EQ(floats[1], -2.5F);
  EXPECT_EQ(floats[2], std::bit_cast<float>(0x00010000U));
  EXPECT_TRUE(std::isinf(floats[3]));
  EXPECT_TRUE(std::isnan(floats[4]));
}

TEST(ElementType, DoublesRoundToNearestAndOverflowToInfinity) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  const std::vector<float> floats =
      Converted<double>(ElementType::kFloat64, {0.1, kLargest, std::nextafter(0x1.ffffffp127, 0.0),
                                                0x1.ffffffp127, -1e300, std::nan(""), 1e-300});
  EXPECT_EQ(floats[0], 0.1F);
  EXPECT_EQ(floats[1], std::numeric_limits<float>::max());
  EXPECT_EQ(floats[2], std::numeric_limits<float>::max());
  EXPECT_EQ(floats[3], std::numeric_limits<float>::infinity());
  EXPECT_EQ(floats[4], -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(floats[5]));
  EXPECT_EQ(floats[6], 0.0F);
}

TEST(ElementType, SizesAndNames) {
  EXPECT_EQ(SizeOf(ElementType::kBfloat16), 2U);
  EXPECT_EQ(SizeOf(ElementType::kFloat64), 8U);
  EXPECT_STREQ(NameOf(ElementType::kFloat16), "float16");
  EXPECT_STREQ(NameOf(ElementType::kBfloat16), "bfloat16");
  ToFloat32(ElementType::kFloat32, nullptr, 0, nullptr);  // nothing is read
}

}  // namespace
}  // namespace bcr::internal
