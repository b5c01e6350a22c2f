// The adapter `geodesic`: the great circle by hand, and the weight that it chooses.
#include <gmock/gmock.h>

#include <cmath>

#include "methods/adapters/arc.h"
#include "tests/unit/adapters/fit_maps.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using test::CatchError;
using test::Fit;
using test::Own;
using test::RandomRows;
using test::ReadAll;
using testing::HasSubstr;

TEST(Arc, PointsOfTheGreatCircle) {
  // From (1, 0) to (0, 1): the point at 30 degrees is a third of the way.
  const Arc third = ArcOf(0, 1.0 / 3);
  EXPECT_NEAR(third.start, std::sqrt(0.75), 1e-12);
  EXPECT_NEAR(third.end, 0.5, 1e-12);
  for (const double cosine : {-0.9, -0.2, 0.5, 0.99}) {
    for (const double weight : {0.1, 0.5, 0.8}) {
      const Arc arc = ArcOf(cosine, weight);
      EXPECT_NEAR(arc.start * arc.start + arc.end * arc.end + 2 * arc.start * arc.end * cosine, 1,
                  1e-9);
      // Its angle from the start is the share of the whole angle.
      EXPECT_NEAR(std::acos(arc.start + arc.end * cosine), weight * std::acos(cosine), 1e-7);
    }
  }
  EXPECT_EQ(ArcOf(0.3, 0).start, 1);
  EXPECT_EQ(ArcOf(0.3, 1).end, 1);
  EXPECT_EQ(ArcOf(1, 0.25).start, 0.75);
  EXPECT_TRUE(std::isfinite(ArcOf(-1, 0.5).start));
}

FloatMatrix Joined(const FittedAdapter& adapter, const FloatMatrix& fresh, const FloatMatrix& old) {
  return ReadAll(*adapter.ApplyBeside(Own(fresh), Own(old), "rows"));
}

TEST(Geodesic, JoinsTheMappedRowAndTheOldOne) {
  FloatMatrix rows(2, 2), old(1, 2), fresh(1, 2);
  rows.row(0)[0] = rows.row(1)[1] = 1;  // both models say the same: the map is the identity
  const FittedAdapter adapter = Fit("geodesic,weight=0.5,ridge=0", rows, rows);
  old.row(0)[0] = 4;
  fresh.row(0)[1] = 3;
  const FloatMatrix joined = Joined(adapter, fresh, old);
  EXPECT_NEAR(joined.row(0)[0], std::sqrt(0.5), 1e-6);
  EXPECT_NEAR(joined.row(0)[1], std::sqrt(0.5), 1e-6);
  EXPECT_NEAR(Joined(Fit("geodesic,weight=0,ridge=0", rows, rows), fresh, old).row(0)[0], 1, 1e-6);
  EXPECT_NEAR(Joined(Fit("geodesic,weight=1,ridge=0", rows, rows), fresh, old).row(0)[1], 1, 1e-6);
}

TEST(Geodesic, OtherRowsThanItsOwnAreRefused) {
  FloatMatrix rows(2, 2), few(1, 2), narrow(2, 1);
  rows.row(0)[0] = rows.row(1)[1] = 1;
  const FittedAdapter adapter = Fit("geodesic,weight=0.5,ridge=0", rows, rows);
  EXPECT_THAT(CatchError([&] { adapter.ApplyBeside(Own(rows), nullptr, "q"); }).what(),
              HasSubstr("no rows of the earlier model"));
  EXPECT_THAT(CatchError([&] { Joined(adapter, rows, few); }).what(), HasSubstr("1 rows"));
  EXPECT_THAT(CatchError([&] { Joined(adapter, rows, narrow); }).what(), HasSubstr("width 1"));
}

// 200 people, four rows each: `noise` says how far a model's rows of a person lie from one another.
FloatMatrix People(double noise, uint64_t seed) {
  const FloatMatrix centres = RandomRows(200, 16, 5), around = RandomRows(800, 16, seed);
  FloatMatrix rows(800, 16);
  for (size_t i = 0; i < 800; ++i) {
    for (size_t k = 0; k < 16; ++k)
      rows.row(i)[k] = centres.row(i / 4)[k] + static_cast<float>(noise) * around.row(i)[k];
  }
  return rows;
}

FitData Pairs(const FloatMatrix& fresh, const FloatMatrix& old) {
  FitData data;
  data.from = Own(fresh);
  data.to = Own(old);
  for (size_t i = 0; i < fresh.rows(); ++i) data.labels.push_back("p" + std::to_string(i / 4));
  return data;
}

double WeightOf(const FitData& data) {
  return FitAdapter(ParseAdapter(adapter_table(), "geodesic"), data).state().numbers.at("weight");
}

TEST(Geodesic, TheWeightLeansOnTheBetterModel) {
  const FloatMatrix good = People(1.2, 6), bad = People(3, 7);
  EXPECT_GT(WeightOf(Pairs(good, bad)), WeightOf(Pairs(bad, good)) + 0.2);
}

// The pairs that are held out decide, and not those that it is fitted on.
TEST(Geodesic, HeldOutPairsDecide) {
  const FloatMatrix good = People(1.2, 6), bad = People(3, 7);
  FitData data = Pairs(good, bad);
  data.held = std::make_shared<const FitData>(Pairs(bad, good));
  EXPECT_LE(WeightOf(data), 0.4);
}

TEST(Geodesic, WithoutPeopleToChooseOnTheWeightMustBeGiven) {
  FitData data = Pairs(People(1, 6), People(1, 7));
  data.labels.clear();
  const AdapterChoice choice = ParseAdapter(adapter_table(), "geodesic");
  EXPECT_THAT(CatchError([&] { FitAdapter(choice, data); }).what(), HasSubstr("weight=0.5"));
  data.labels.assign(800, "one");
  EXPECT_THAT(CatchError([&] { FitAdapter(choice, data); }).what(), HasSubstr("too few people"));
}

}  // namespace
}  // namespace bcr
