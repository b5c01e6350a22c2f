#include "harness/eval/statistics/family_test.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/random.h"

namespace bcr {
namespace {

using Changes = std::vector<IdentityChange>;

// One query an identity.
Changes Of(const std::vector<double>& sums) {
  Changes changes;
  for (size_t i = 0; i < sums.size(); ++i) {
    changes.push_back({"p" + std::to_string(1000 + i), sums[i], 1});
  }
  return changes;
}

Changes Drawn(Random& random, size_t identities, double mean, double deviation) {
  std::vector<double> sums(identities);
  for (double& sum : sums) sum = mean + deviation * random.Normal();
  return Of(sums);
}

TEST(FamilyTest, OneFigureIsTheOneSidedSignFlipTest) {
  const Changes worse = Of({-.1, -.2, -.3, -.1, -.4});
  EXPECT_EQ(TestFamily({{&worse}}, {})[0].p_value, 1.0 / 32);
  EXPECT_EQ(TestFamily({{&worse, false}}, {})[0].p_value, 1) << "more is better: no worsening";
  const Changes better = Of({.1, .2, .3, .1, .4});
  EXPECT_EQ(TestFamily({{&better}}, {})[0].p_value, 1);
  EXPECT_EQ(TestFamily({{&better, false}}, {})[0].p_value, 1.0 / 32);
}

// Signs ++++- of 1 each: sums of at least 3 have 6 of 32 patterns.
TEST(FamilyTest, PatternsThatReachTheSumCount) {
  const Changes mixed = Of({-1, -1, -1, -1, 1});
  EXPECT_EQ(TestFamily({{&mixed}}, {})[0].p_value, 6.0 / 32);
}

// The first reaches its sum of 5 with one pattern, and so does the second, whose signs are +-+-+,
// with another: 2 of 32 for the greatest of both. The second one's own sum of 1 is reached by the
// 16 patterns with a sum of 1, 3 or 5.
TEST(FamilyTest, StepsDownOverJointFlips) {
  const Changes all = Of({-1, -1, -1, -1, -1}), half = Of({-1, 1, -1, 1, -1});
  const auto tests = TestFamily({{&half}, {&all}}, {});
  EXPECT_EQ(tests[1].p_value, 2.0 / 32);
  EXPECT_EQ(tests[0].p_value, 16.0 / 32);
}

TEST(FamilyTest, AFigureSaidTwiceCostsNothing) {
  const Changes worse = Of({-.1, -.2, -.3, -.1, -.4});
  const Changes twice = Of({-.2, -.4, -.6, -.2, -.8});
  const auto tests = TestFamily({{&worse}, {&twice}, {&worse}}, {});
  for (const MemberTest& test : tests) EXPECT_EQ(test.p_value, 1.0 / 32);
}

TEST(FamilyTest, AHandicapMustBeMadeUpFor) {
  const Changes all = Of({-1, -1, -1, -1, -1}), half = Of({-1, 1, -1, 1, -1});
  // Standardised, the sums of 5, 3 and 1 are 2.24, 1.34 and 0.45. The first figure's 2.24 - 1 is
  // reached by its own pattern alone (1.34 - 1 is less), and by the six patterns that give the second
  // one a sum of 3 or 5.
  const auto tests = TestFamily({{&half}, {&all, true, 0, 1}}, {});
  EXPECT_EQ(tests[1].p_value, 7.0 / 32);
  EXPECT_EQ(tests[0].p_value, 16.0 / 32);
  const Changes drawn = Of({-.3, .1, -.2, .05, -.1, .2, -.3, .1, -.25, .15, -.1, .05});
  const auto equal = TestFamily({{&drawn}, {&drawn}}, {});
  const auto behind = TestFamily({{&drawn}, {&drawn, true, 0, .5}}, {});
  EXPECT_EQ(behind[0].p_value, equal[0].p_value) << "what says the same costs nothing";
  EXPECT_LT(*behind[0].shown_from, *behind[1].shown_from);
}

TEST(FamilyTest, AMarginIsTakenOffEachQuery) {
  const Changes worse = Of({-.3, -.3, -.3, -.3, -.3});
  EXPECT_EQ(TestFamily({{&worse, true, .2}}, {})[0].p_value, 1.0 / 32);
  EXPECT_EQ(TestFamily({{&worse, true, .3}}, {})[0].p_value, 1) << "not worse by more than it";
  EXPECT_EQ(TestFamily({{&worse, true, .4}}, {})[0].p_value, 1);
  Changes many = worse;  // three queries an identity: the sum may be three margins
  for (IdentityChange& change : many) change = {change.identity, -.75, 3};
  EXPECT_EQ(TestFamily({{&many, true, .2}}, {})[0].p_value, 1.0 / 32);
  EXPECT_EQ(TestFamily({{&many, true, .25}}, {})[0].p_value, 1);
}

TEST(FamilyTest, NoChangeIsNeverWorseAndShowsNothing) {
  const Changes same = Of(std::vector<double>(40, 0.0));
  const auto tests = TestFamily({{&same}, {&same, false, .01}}, {});
  for (const MemberTest& test : tests) {
    EXPECT_EQ(test.p_value, 1);
    EXPECT_FALSE(test.shown_from);
  }
  EXPECT_TRUE(TestFamily({}, {}).empty());
}

TEST(FamilyTest, FewIdentitiesShowNothing) {
  EXPECT_FALSE(CanDecide(4, .05));
  EXPECT_TRUE(CanDecide(5, .05));
  EXPECT_FALSE(CanDecide(6, .01));
  EXPECT_TRUE(CanDecide(7, .01));
  const Changes four = Of({-1, -1, -1, -.9});
  const auto tests = TestFamily({{&four}}, {});
  EXPECT_EQ(tests[0].p_value, 1.0 / 16);
  EXPECT_FALSE(tests[0].shown_from);
}

TEST(FamilyTest, IdentitiesOfOneFigureAloneAreCounted) {
  // Two figures on different people, as where queries without a match differ from cell to cell.
  const Changes first = Of({-1, -1, -1, -1, -1});
  Changes second;
  for (int i = 0; i < 5; ++i) second.push_back({"q" + std::to_string(i), -1, 1});
  const auto tests = TestFamily({{&first}, {&second}}, {});
  // Of 2^10 patterns, 32 give the first one's sum and 32 the second one's, one of them both.
  EXPECT_EQ(tests[0].p_value, 63.0 / 1024);
}

TEST(FamilyTest, TheSameSeedGivesTheSameBits) {
  Random random(3);
  const Changes drawn = Drawn(random, 60, -.02, .1), other = Drawn(random, 60, 0, .1);
  const auto once = TestFamily({{&drawn}, {&other}}, {.seed = 5});
  const auto again = TestFamily({{&drawn}, {&other}}, {.seed = 5});
  for (size_t m = 0; m < 2; ++m) {
    EXPECT_EQ(once[m].p_value, again[m].p_value);
    EXPECT_EQ(once[m].shown_from, again[m].shown_from);
  }
}

// Of sets of 60 identities without any true change, at most 5 % have a figure that fails: 6 figures,
// the last three nearly the same. 400 sets: the standard error is 1.1 points.
TEST(FamilyTest, HoldsItsLevelOverAllFigures) {
  Random random(17);
  int failed = 0;
  for (int set = 0; set < 400; ++set) {
    std::vector<Changes> figures;
    for (int m = 0; m < 4; ++m) figures.push_back(Drawn(random, 60, 0, .1));
    for (int m = 0; m < 2; ++m) {
      figures.push_back(figures[3]);
      for (IdentityChange& change : figures.back()) change.sum += .02 * random.Normal();
    }
    std::vector<FamilyMember> members;
    for (const Changes& changes : figures) members.push_back({&changes});
    bool any = false;
    for (const MemberTest& test :
         TestFamily(members, {.seed = static_cast<uint64_t>(set), .flips = 1000})) {
      any = any || test.p_value <= .05;
    }
    failed += any ? 1 : 0;
  }
  EXPECT_LE(failed, 400 * .05 + 3 * std::sqrt(400 * .05 * .95));
  EXPECT_GE(failed, 400 * .05 - 3 * std::sqrt(400 * .05 * .95)) << "needlessly strict";
}

// A worsening of `shown_from` is found in four of five sets: 400 sets, standard error 2 points.
TEST(FamilyTest, ShowsWhatItSaysFourTimesInFive) {
  Random random(23);
  const Changes even = Drawn(random, 100, 0, .1), other = Drawn(random, 100, 0, .2);
  const auto tests = TestFamily({{&even, true, .01}, {&other}}, {});
  ASSERT_TRUE(tests[0].shown_from);
  EXPECT_GT(*tests[0].shown_from, .01);
  EXPECT_NEAR(*tests[1].shown_from / (*tests[0].shown_from - .01), 2, .4);
  int found = 0;
  for (int set = 0; set < 400; ++set) {
    const Changes worse = Drawn(random, 100, -*tests[0].shown_from, .1);
    const Changes beside = Drawn(random, 100, 0, .2);
    const FamilyOptions options{.seed = static_cast<uint64_t>(set), .flips = 1000};
    found += TestFamily({{&worse, true, .01}, {&beside}}, options)[0].p_value <= .05 ? 1 : 0;
  }
  EXPECT_NEAR(found / 400.0, .8, .1);
}

}  // namespace
}  // namespace bcr
