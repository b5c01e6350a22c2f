#include "harness/eval/upgrade/pair_criterion.h"

#include <gtest/gtest.h>

#include <limits>

#include "harness/core/error.h"
#include "harness/eval/block_source.h"
#include "harness/eval/relevance.h"
#include "tests/unit/eval/upgrade_test_util.h"

namespace bcr {
namespace {

using eval_test::MakeIndex;
using eval_test::MakeMatrix;
using eval_test::ToyUpgrade;

TEST(PairCriterion, ByHand) {
  const FeatureIndex query = MakeIndex({"a", "b", "x"}, {"0", "0", "0"});
  const FeatureIndex gallery = MakeIndex({"a", "a", "b", "-1", "0"}, {"1", "0", "1", "1", "1"});
  // Distances. Query x has no match and is left out; (a, row 1) is dropped, row 3 is junk.
  const FloatMatrix old_self =
      MakeMatrix({{.5F, .5F, .5F, .5F, .5F}, {.5F, .5F, .5F, .5F, .5F}, {0, 0, 0, 0, 0}});
  const FloatMatrix cross =
      MakeMatrix({{.5F, .9F, .4F, 0, .6F},     // equal; -; nearer; -; farther
                  {.75F, .25F, 1.0F, 0, .5F},  // ok; nearer; farther; -; equal
                  {0, 0, 0, 0, 0}});
  const auto old_source = NewDistanceBlockSource(old_self.view());
  const auto cross_source = NewDistanceBlockSource(cross.view());
  const PairCriterion pairs = CountPairs(*cross_source, *old_source, query, gallery, {}, .125);
  EXPECT_EQ(pairs.same.pairs, 2U);
  EXPECT_EQ(pairs.same.satisfied, 1U);
  EXPECT_EQ(pairs.same.severe, 1U);
  EXPECT_EQ(pairs.same.worst, .5);
  EXPECT_EQ(*pairs.same.share(), .5);
  EXPECT_EQ(pairs.different.pairs, 5U);
  EXPECT_EQ(pairs.different.satisfied, 3U);
  EXPECT_EQ(pairs.different.severe, 1U);
  EXPECT_EQ(pairs.different.worst, .25);
}

TEST(PairCriterion, TheOldModelSatisfiesItself) {
  const ToyUpgrade toy = eval_test::MakeToyUpgrade(1, 9, 8, .5, .2);
  const auto query = NewMatrixRows(toy.old_query.view());
  const auto gallery = NewMatrixRows(toy.old_gallery.view());
  const auto a = NewCpuBlockSource(*query, *gallery, Distance::kCosine);
  const auto b = NewCpuBlockSource(*query, *gallery, Distance::kCosine);
  const PairCriterion pairs = CountPairs(*a, *b, toy.query, toy.gallery, {});
  EXPECT_EQ(*pairs.same.share(), 1);
  EXPECT_EQ(*pairs.different.share(), 1);
  EXPECT_EQ(pairs.different.worst, 0);
}

TEST(PairCriterion, NoPairsNoShare) { EXPECT_FALSE(PairCounts{}.share()); }

// Against a count over every pair, and for every block size and thread count.
TEST(PairCriterion, AgreesWithAPlainCount) {
  const ToyUpgrade toy = eval_test::MakeToyUpgrade(5, 40, 16, .8, .4);
  const auto old_query = NewMatrixRows(toy.old_query.view());
  const auto new_query = NewMatrixRows(toy.new_query.view());
  const auto gallery = NewMatrixRows(toy.old_gallery.view());
  const auto cross = NewCpuBlockSource(*new_query, *gallery, Distance::kCosine);
  const auto old_self = NewCpuBlockSource(*old_query, *gallery, Distance::kCosine);
  const size_t n = toy.query.size(), m = toy.gallery.size();
  std::vector<float> c(n * m), o(n * m);
  cross->Fill(0, n, 0, m, 1, c.data());
  old_self->Fill(0, n, 0, m, 1, o.data());

  const auto match = [&](size_t q, size_t g) {
    return toy.query.identities[q] == toy.gallery.identities[g] &&
           toy.query.cameras[q] != toy.gallery.cameras[g];
  };
  uint64_t same = 0, same_ok = 0, other = 0, other_ok = 0;
  for (size_t q = 0; q < n; ++q) {
    bool valid = false;
    for (size_t g = 0; g < m; ++g) valid = valid || match(q, g);
    if (!valid) continue;
    for (size_t g = 0; g < m; ++g) {
      if (IsJunk(toy.gallery.identities[g])) continue;
      if (match(q, g)) {
        ++same;
        same_ok += c[q * m + g] >= o[q * m + g] ? 1 : 0;
      } else if (toy.query.identities[q] != toy.gallery.identities[g]) {
        ++other;
        other_ok += c[q * m + g] <= o[q * m + g] ? 1 : 0;
      }
    }
  }
  ASSERT_GT(same_ok, 0U);
  ASSERT_LT(same_ok, same);
  for (const int threads : {1, 3}) {
    const PairCriterion pairs =
        CountPairs(*cross, *old_self, toy.query, toy.gallery, {.threads = threads});
    EXPECT_EQ(pairs.same.pairs, same);
    EXPECT_EQ(pairs.same.satisfied, same_ok);
    EXPECT_EQ(pairs.different.pairs, other);
    EXPECT_EQ(pairs.different.satisfied, other_ok);
  }
}

TEST(PairCriterion, Refuses) {
  const FeatureIndex one = MakeIndex({"a"}, {"0"}), two = MakeIndex({"a", "b"}, {"1", "1"});
  const FloatMatrix row = MakeMatrix({{.5F, .5F}}), narrow = MakeMatrix({{.5F}});
  const auto good = NewDistanceBlockSource(row.view());
  const auto bad = NewDistanceBlockSource(narrow.view());
  EXPECT_THROW(CountPairs(*good, *bad, one, two, {}), Error);
  EXPECT_THROW(CountPairs(*bad, *good, one, two, {}), Error);
  EXPECT_THROW(CountPairs(*good, *good, one, two, {}, -1), Error);
}

}  // namespace
}  // namespace bcr
