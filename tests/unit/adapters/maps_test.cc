// What the maps beside `linear` and `procrustes` do that those two do not.
#include <gmock/gmock.h>

#include <cmath>

#include "tests/unit/adapters/fit_maps.h"

namespace bcr {
namespace {

using test::Fit;
using test::Map;
using test::Own;
using test::RandomRows;

constexpr size_t kImages = 400, kIn = 6, kOut = 5;

// Directions of falling strength behind a rotation-free mix, with noise.
FloatMatrix Targets(const FloatMatrix& from) {
  const FloatMatrix mix = RandomRows(kOut, kIn, 2);
  FloatMatrix to = RandomRows(from.rows(), kOut, 3);
  for (size_t i = 0; i < from.rows(); ++i) {
    for (size_t j = 0; j < kOut; ++j) {
      double sum = 0.1 * to.row(i)[j];
      for (size_t k = 0; k < kIn; ++k)
        sum += mix.row(j)[k] * from.row(i)[k] / (1.0 + static_cast<double>(k));
      to.row(i)[j] = static_cast<float>(sum);
    }
  }
  return to;
}

double Miss(const FloatMatrix& mapped, const FloatMatrix& to) {
  double miss = 0;
  for (size_t i = 0; i < to.rows() * to.cols(); ++i)
    miss += std::pow(mapped.data()[i] - to.data()[i], 2);
  return miss / static_cast<double>(to.rows() * to.cols());
}

void ExpectNear(const FloatMatrix& a, const FloatMatrix& b, double tolerance) {
  for (size_t i = 0; i < a.rows() * a.cols(); ++i)
    ASSERT_NEAR(a.data()[i], b.data()[i], tolerance) << i;
}

double Number(const FittedAdapter& adapter, const std::string& name) {
  return adapter.state().numbers.at(name);
}

class Maps : public ::testing::Test {
 protected:
  const FloatMatrix from_ = RandomRows(kImages, kIn, 1), to_ = Targets(from_);
};

TEST_F(Maps, ReducedRankOfAllDirectionsIsLinear) {
  for (const char* switches : {"", ",unit=false", ",bias=true,ridge=0"}) {
    const std::string options(switches);
    ExpectNear(Map(Fit("reduced-rank,rank=100" + options, from_, to_), from_),
               Map(Fit("linear" + options, from_, to_), from_), 2e-5);
  }
}

// The images of one direction are multiples of each other; a further direction misses less.
TEST_F(Maps, ReducedRankKeepsSoManyDirections) {
  const FloatMatrix one = Map(Fit("reduced-rank,rank=1,unit=false", from_, to_), from_);
  for (size_t i = 1; i < kImages; ++i) {
    for (size_t j = 1; j < kOut; ++j)
      ASSERT_NEAR(one.row(i)[j] * one.row(0)[0], one.row(i)[0] * one.row(0)[j], 1e-3);
  }
  double before = 1;
  for (int rank = 1; rank <= 5; ++rank) {
    const FittedAdapter adapter =
        Fit("reduced-rank,unit=false,rank=" + std::to_string(rank), from_, to_);
    EXPECT_EQ(Number(adapter, "rank"), rank);
    EXPECT_LT(Number(adapter, "residual"), before);
    before = Number(adapter, "residual");
  }
}

TEST_F(Maps, LambdaOrthogonalLiesBetweenTheRotationAndLinear) {
  const FloatMatrix to = Targets(from_);
  const FittedAdapter held = Fit("lambda-orthogonal,lambda=0,weight=100,sharpness=100", from_, to);
  const FittedAdapter between =
      Fit("lambda-orthogonal,lambda=0.5,weight=1,sharpness=20", from_, to);
  const FittedAdapter free = Fit("lambda-orthogonal,weight=0,steps=5000", from_, to);
  EXPECT_LT(Number(held, "deviation"), 0.02);
  ExpectNear(Map(held, from_), Map(Fit("procrustes", from_, to), from_), 0.02);
  ExpectNear(Map(free, from_), Map(Fit("linear,ridge=0", from_, to), from_), 2e-3);
  EXPECT_LT(Number(between, "residual"), Number(held, "residual"));
  EXPECT_GT(Number(between, "residual"), Number(free, "residual"));
}

// A target that no matrix reaches: the length of a coordinate.
FloatMatrix Bent(const FloatMatrix& from) {
  FloatMatrix to = Targets(from);
  for (size_t i = 0; i < from.rows(); ++i) {
    for (size_t j = 0; j < kOut; ++j) to.row(i)[j] += 2 * std::abs(from.row(i)[j]);
  }
  return to;
}

TEST_F(Maps, NetworksReachWhatNoMatrixDoes) {
  const FloatMatrix fresh = RandomRows(200, kIn, 9), to = Bent(from_), expected = Bent(fresh);
  const double linear = Miss(Map(Fit("linear,unit=false,bias=true", from_, to), fresh), expected);
  const double residual = Miss(
      Map(Fit("residual-mlp,unit=false,hidden=32,epochs=200,batch=50,rate=0.01", from_, to), fresh),
      expected);
  const double fct =
      Miss(Map(Fit("fct,unit=false,mixer=32,epochs=100,batch=50,rate=0.01", from_, to), fresh),
           expected);
  EXPECT_LT(residual, 0.5 * linear);
  EXPECT_LT(fct, 0.5 * linear);
}

TEST_F(Maps, ResidualMlpBeginsAsLinear) {
  ExpectNear(Map(Fit("residual-mlp,epochs=1,rate=0.000000001", from_, to_), from_),
             Map(Fit("linear", from_, to_), from_), 1e-5);
}

// Targets that scatter on one side of the first coordinate's zero.
TEST_F(Maps, FastFillIsLessSureWhereTargetsScatter) {
  FloatMatrix to = Targets(from_);
  const FloatMatrix noise = RandomRows(kImages, kOut, 5);
  for (size_t i = 0; i < kImages; ++i) {
    for (size_t j = 0; from_.row(i)[0] > 0 && j < kOut; ++j) to.row(i)[j] += 2 * noise.row(i)[j];
  }
  const FittedAdapter adapter =
      Fit("fastfill,unit=false,mixer=32,epochs=100,batch=50,rate=0.01", from_, to);
  const FloatMatrix fresh = RandomRows(200, kIn, 9);
  const FloatMatrix uncertain = test::ReadAll(*adapter.Uncertainty(Own(fresh), "rows"));
  double sums[2] = {0, 0}, counts[2] = {0, 0};
  for (size_t i = 0; i < fresh.rows(); ++i) {
    const int side = fresh.row(i)[0] > 0 ? 1 : 0;
    sums[side] += uncertain.row(i)[0];
    counts[side] += 1;
  }
  EXPECT_GT(sums[1] / counts[1], sums[0] / counts[0] + 1);
  EXPECT_EQ(Fit("linear", from_, to).Uncertainty(Own(fresh), "rows"), nullptr);
}

// Two identities whose targets differ in one coordinate of many: the second term holds them apart.
TEST_F(Maps, FastFillTakesIdentitiesApart) {
  FitData data;
  FloatMatrix to = RandomRows(kImages, kOut, 6);
  for (size_t i = 0; i < kImages; ++i) {
    data.labels.push_back(from_.row(i)[0] > 0 ? "a" : "b");
    to.row(i)[0] += from_.row(i)[0] > 0 ? 0.5F : -0.5F;
  }
  data.from = Own(from_);
  data.to = Own(to);
  const auto gap = [&](const std::string& discrimination) {
    const FloatMatrix mapped =
        Map(FitAdapter(ParseAdapter(adapter_table(),
                                    "fastfill,unit=false,mixer=16,epochs=40,batch=50,"
                                    "rate=0.01,scale=1,discrimination=" +
                                        discrimination),
                       data),
            from_);
    double sum = 0;
    for (size_t i = 0; i < kImages; ++i)
      sum += from_.row(i)[0] > 0 ? mapped.row(i)[0] : -mapped.row(i)[0];
    return sum / static_cast<double>(kImages);
  };
  EXPECT_GT(gap("10"), gap("0") + 0.2);
}

TEST_F(Maps, TheSeedDecidesTheNetwork) {
  const std::string brief = "residual-mlp,hidden=4,epochs=2,batch=100,seed=";
  EXPECT_EQ(Fit(brief + "1", from_, to_).hash(), Fit(brief + "1", from_, to_).hash());
  EXPECT_NE(Fit(brief + "1", from_, to_).hash(), Fit(brief + "2", from_, to_).hash());
}

}  // namespace
}  // namespace bcr
