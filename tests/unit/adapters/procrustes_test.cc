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

double LargestDifference(const FloatMatrix& a, const FloatMatrix& b) {
  double largest = 0;
  for (size_t i = 0; i < a.rows() * a.cols(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(a.data()[i]) - b.data()[i]));
  }
  return largest;
}

// Turns columns i and i + 1 by 0.2 + 0.3 i, one pair after the other, and mirrors the first: an
// orthogonal matrix that mixes all columns.
FloatMatrix Turned(FloatMatrix rows, double factor = 1, double shift = 0) {
  for (size_t r = 0; r < rows.rows(); ++r) {
    float* const row = rows.row(r);
    std::vector<double> values(row, row + rows.cols());
    values[0] = -values[0];
    for (size_t i = 0; i + 1 < values.size(); ++i) {
      const double c = std::cos(0.2 + 0.3 * static_cast<double>(i));
      const double s = std::sin(0.2 + 0.3 * static_cast<double>(i)), kept = values[i];
      values[i] = c * kept - s * values[i + 1];
      values[i + 1] = s * kept + c * values[i + 1];
    }
    for (size_t i = 0; i < values.size(); ++i) {
      row[i] = static_cast<float>(factor * values[i] + shift * static_cast<double>(i + 1));
    }
  }
  return rows;
}

TEST(Procrustes, AQuarterTurnByHand) {
  FloatMatrix from(2, 2), to(2, 2);
  from.row(0)[0] = from.row(1)[1] = 1;
  to.row(0)[1] = 2;   // (1, 0) becomes (0, 1)
  to.row(1)[0] = -2;  // (0, 1) becomes (-1, 0)
  const FittedAdapter adapter = Fit("procrustes", from, to);
  FloatMatrix row(1, 2);
  row.row(0)[0] = 3;
  row.row(0)[1] = 4;
  const FloatMatrix mapped = Map(adapter, row);
  EXPECT_FLOAT_EQ(mapped.row(0)[0], -0.8F);
  EXPECT_FLOAT_EQ(mapped.row(0)[1], 0.6F);
  EXPECT_EQ(adapter.state().numbers.at("rank"), 2);
}

TEST(Procrustes, ARotationIsRecoveredFromRowsWithoutNoise) {
  const FloatMatrix from = RandomRows(200, 24, 1), other = RandomRows(50, 24, 2);
  const FittedAdapter adapter = Fit("procrustes,unit=false", from, Turned(from));
  EXPECT_LT(LargestDifference(Map(adapter, other), Turned(other)), 3e-6);
  EXPECT_LT(adapter.state().numbers.at("residual"), 1e-12);
}

TEST(Procrustes, ScaleAndShiftAreRecovered) {
  const FloatMatrix from = RandomRows(200, 24, 3), other = RandomRows(50, 24, 4);
  const FittedAdapter adapter =
      Fit("procrustes,unit=false,centre=true,scale=true", from, Turned(from, 2.5, 0.1));
  EXPECT_NEAR(adapter.state().numbers.at("scale"), 2.5, 1e-6);
  EXPECT_LT(LargestDifference(Map(adapter, other), Turned(other, 2.5, 0.1)), 1e-5);
}

// Three rows span three of six directions: those are recovered, and the map stays orthogonal.
TEST(Procrustes, FewerRowsThanColumnsStillGiveARotation) {
  const FloatMatrix from = RandomRows(3, 6, 5);
  const FittedAdapter adapter = Fit("procrustes,unit=false", from, Turned(from));
  EXPECT_EQ(adapter.state().numbers.at("rank"), 3);
  EXPECT_LT(LargestDifference(Map(adapter, from), Turned(from)), 3e-6);
  const FloatMatrix other = RandomRows(4, 6, 6), mapped = Map(adapter, other);
  for (size_t i = 0; i < 4; ++i) {
    double before = 0, after = 0;
    for (size_t j = 0; j < 6; ++j) {
      before += static_cast<double>(other.row(i)[j]) * other.row(i)[j];
      after += static_cast<double>(mapped.row(i)[j]) * mapped.row(i)[j];
    }
    EXPECT_NEAR(after, before, 1e-5 * before);
  }
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

// The sources with their columns moved on by one, noise and a shift.
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
  bool unit, centre, scale;
  double rank, factor, residual;
  std::vector<float> row4;  // the image of source row 4
};

// By NumPy 2.4 in float64, rows x and y (divided by their lengths where `unit`), means mx and my
// (zeros unless `centre`), a = x - mx, b = y - my, both padded with zeros to the wider width:
//   u, s, vt = svd(a.T @ b); q = u @ vt; factor = sum(s) / sum(a ** 2) where `scale`, else 1
//   residual = norm(factor * a @ q - b) ** 2 / norm(b) ** 2
//   row4 = (factor * a @ q)[4, :out] + my
const Fixture kFixtures[] = {
    {3, 3, true, false, false, 3, 1.0, 0.206946184, {0.7639060F, 0.1201764F, -0.6340389F}},
    {3, 3, false, false, false, 3, 1.0, 0.088266050, {8.4412248F, 0.5509741F, -6.7410794F}},
    {3, 3, false, true, false, 3, 1.0, 0.010392298, {8.1788307F, 3.0629176F, -4.1941987F}},
    {3, 3, false, true, true, 3, 0.991521424, 0.010319932, {8.1273850F, 3.0181072F, -4.1289629F}},
    {4, 3, true, true, true, 3, 0.805102682, 0.297217073, {0.7787608F, 0.1117221F, -0.0683806F}},
    {4, 3, false, false, false, 3, 1.0, 0.345616630, {9.9190222F, 1.6028010F, -8.5598650F}},
    {3,
     4,
     false,
     true,
     true,
     3,
     1.207469179,
     0.039325473,
     {7.3820477F, 4.2675051F, -5.4678421F, 11.6799434F}},
    {3,
     4,
     true,
     false,
     false,
     3,
     1.0,
     0.268075530,
     {0.4354385F, 0.2329418F, -0.6051407F, 0.6244487F}},
};

TEST(Procrustes, NoisyRowsGiveWhatNumpyGives) {
  for (const Fixture& fixture : kFixtures) {
    const auto flag = [](bool value) { return value ? "true" : "false"; };
    const std::string reference = std::string("procrustes,unit=") + flag(fixture.unit) +
                                  ",centre=" + flag(fixture.centre) +
                                  ",scale=" + flag(fixture.scale);
    SCOPED_TRACE(reference + " " + std::to_string(fixture.in));
    const FloatMatrix from = Sources(fixture.in);
    const FittedAdapter adapter = Fit(reference, from, Targets(fixture.out));
    const auto& numbers = adapter.state().numbers;
    EXPECT_EQ(numbers.at("rank"), fixture.rank);
    EXPECT_NEAR(numbers.at("scale"), fixture.factor, 1e-9);
    EXPECT_NEAR(numbers.at("residual"), fixture.residual, 1e-9);
    const FloatMatrix mapped = Map(adapter, from);
    for (size_t j = 0; j < fixture.out; ++j) {
      EXPECT_NEAR(mapped.row(4)[j], fixture.row4[j], 3e-6) << j;
    }
  }
}

TEST(Procrustes, AScaleBeyondFloat32IsRefused) {
  FloatMatrix from = RandomRows(5, 3, 8), to = from;
  for (size_t i = 0; i < 15; ++i) {
    from.data()[i] *= 1e-30F;
    to.data()[i] *= 1e30F;
  }
  EXPECT_THAT(test::MessageOf([&] { Fit("procrustes,unit=false,scale=true", from, to); }),
              HasSubstr("adapter procrustes: weights: found NaN or infinity"));
}

TEST(Procrustes, RowsThatSayNothingAreRefused) {
  const FloatMatrix one = RandomRows(1, 4, 7);
  EXPECT_THAT(test::MessageOf([&] { Fit("procrustes,centre=true", one, one); }),
              HasSubstr("nothing in common"));
  EXPECT_THAT(test::MessageOf([&] { Fit("procrustes", one, FloatMatrix(1, 4)); }),
              HasSubstr("a row of length zero"));
  EXPECT_THAT(test::MessageOf([&] { Fit("procrustes,unit=false", one, FloatMatrix(1, 4)); }),
              HasSubstr("nothing in common"));
}

}  // namespace
}  // namespace bcr
