// The adapter `linear` by hand and by NumPy. What all adapters promise is in contract_test.cc.
#include <gmock/gmock.h>

#include <cmath>

#include "tests/unit/adapters/fit_maps.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using test::Fit;
using test::Map;
using test::Own;
using test::RandomRows;
using testing::HasSubstr;

// Rows 1, 2, 3 and their doubles: X^T X = 14, X^T Y = 28. A ridge of 1 is as much again.
TEST(Linear, OneColumnByHand) {
  FloatMatrix from(3, 1), to(3, 1), row(1, 1);
  for (size_t i = 0; i < 3; ++i) {
    from.row(i)[0] = static_cast<float>(i + 1);
    to.row(i)[0] = 2 * from.row(i)[0];
  }
  row.row(0)[0] = 5;
  EXPECT_FLOAT_EQ(Map(Fit("linear,unit=false,ridge=0", from, to), row).row(0)[0], 10);
  EXPECT_FLOAT_EQ(Map(Fit("linear,unit=false,ridge=1", from, to), row).row(0)[0], 5);
  for (size_t i = 0; i < 3; ++i) to.row(i)[0] += 4;
  EXPECT_FLOAT_EQ(Map(Fit("linear,unit=false,bias=true,ridge=0", from, to), row).row(0)[0], 14);
}

// Whole numbers and quarters by formula, so that NumPy is given the same bits.
double Value(size_t i, size_t j) {
  return static_cast<double>((i + 2) * (j + 3) * (i * j + 5) * 7 % 17) - 8;
}

FloatMatrix Sources(size_t cols) {
  FloatMatrix rows(9, cols);
  for (size_t i = 0; i < 9; ++i) {
    for (size_t j = 0; j < cols; ++j) rows.row(i)[j] = static_cast<float>(Value(i, j));
  }
  return rows;
}

FloatMatrix Targets(size_t cols) {
  FloatMatrix rows(9, cols);
  for (size_t i = 0; i < 9; ++i) {
    for (size_t j = 0; j < cols; ++j) {
      const double noise = static_cast<double>((3 * i * i + j * i + 5 * j) % 7) - 3;
      rows.row(i)[j] =
          static_cast<float>(Value(i, (j + 1) % 3) + 0.25 * noise + 1.5 * static_cast<double>(j));
    }
  }
  return rows;
}

struct Fixture {
  size_t in, out;
  bool unit, bias;
  double ridge, residual;
  std::vector<float> row4;  // the image of source row 4
};

// By NumPy 1.24 in float64, rows x and y (divided by their lengths where `unit`), means mx and my
// (zeros unless `bias`), a = x - mx, b = y - my, l = ridge * sum(a ** 2) / in; not by the normal
// equations:
//   m = lstsq(vstack([a, sqrt(l) * eye(in)]), vstack([b, zeros((in, out))]))
//   residual = norm(a @ m - b) ** 2 / norm(b) ** 2;  row4 = a[4] @ m + my
const Fixture kFixtures[] = {
    {3, 3, true, false, 0.001, 0.163240951, {0.6829617F, 0.1797367F, -0.4099812F}},
    {3, 3, false, false, 0, 0.061070684, {8.0151778F, 1.7783742F, -6.7471136F}},
    {4, 3, false, true, 0.1, 0.020223784, {7.7970384F, 2.6684153F, -3.6590757F}},
    {4, 3, true, true, 0.001, 0.064479856, {0.7539804F, 0.4245270F, -0.2065171F}},
    {3, 4, false, true, 0, 0.008376365, {8.1301587F, 3.1460317F, -4.0769841F, 12.4055556F}},
    {3, 4, true, false, 0.5, 0.291476906, {0.3818266F, 0.1273767F, -0.2713871F, 0.4420412F}},
};

TEST(Linear, NoisyRowsGiveWhatNumpyGives) {
  for (const Fixture& fixture : kFixtures) {
    const auto flag = [](bool value) { return value ? "true" : "false"; };
    const std::string reference = std::string("linear,unit=") + flag(fixture.unit) +
                                  ",bias=" + flag(fixture.bias) +
                                  ",ridge=" + std::to_string(fixture.ridge);
    SCOPED_TRACE(reference + " " + std::to_string(fixture.in));
    const FloatMatrix from = Sources(fixture.in);
    const FittedAdapter adapter = Fit(reference, from, Targets(fixture.out));
    EXPECT_NEAR(adapter.state().numbers.at("residual"), fixture.residual, 1e-9);
    const FloatMatrix mapped = Map(adapter, from);
    for (size_t j = 0; j < fixture.out; ++j)
      EXPECT_NEAR(mapped.row(4)[j], fixture.row4[j], 5e-6) << j;
  }
}

TEST(Linear, AMatrixIsRecoveredFromRowsWithoutNoise) {
  const FloatMatrix from = RandomRows(300, 40, 1), matrix = RandomRows(40, 24, 2);
  const auto times = [&](const FloatMatrix& rows) {
    FloatMatrix out(rows.rows(), 24);
    for (size_t i = 0; i < rows.rows(); ++i) {
      for (size_t j = 0; j < 24; ++j) {
        double sum = 0;
        for (size_t k = 0; k < 40; ++k)
          sum += static_cast<double>(rows.row(i)[k]) * matrix.row(k)[j];
        out.row(i)[j] = static_cast<float>(sum);
      }
    }
    return out;
  };
  const FittedAdapter adapter = Fit("linear,unit=false,ridge=0", from, times(from));
  EXPECT_LT(adapter.state().numbers.at("residual"), 1e-12);
  const FloatMatrix other = RandomRows(20, 40, 3), mapped = Map(adapter, other);
  const FloatMatrix expected = times(other);
  for (size_t i = 0; i < 20 * 24; ++i) EXPECT_NEAR(mapped.data()[i], expected.data()[i], 2e-5) << i;
}

TEST(Linear, FewerRowsThanColumnsNeedARidge) {
  const FloatMatrix from = RandomRows(3, 6, 5), to = RandomRows(3, 4, 6);
  EXPECT_THAT(test::MessageOf([&] { Fit("linear,ridge=0", from, to); }),
              HasSubstr("a ridge above 0"));
  EXPECT_LT(Fit("linear", from, to).state().numbers.at("residual"), 0.1);
  const FloatMatrix one = RandomRows(1, 4, 7);
  EXPECT_THAT(test::MessageOf([&] { Fit("linear,bias=true", one, one); }),
              HasSubstr("leave directions of width 4 without an answer"));
  EXPECT_THAT(test::MessageOf([&] { Fit("linear,ridge=-1", one, one); }), HasSubstr("ridge"));
}

}  // namespace
}  // namespace bcr
