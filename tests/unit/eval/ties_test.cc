// Ties against brute force: every order of every group of equal distances is listed.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "eval_test_util.h"
#include "harness/core/random.h"
#include "harness/eval/ranking/rank_counter.h"
#include "harness/eval/ranking/rank_metrics.h"
#include "harness/eval/ranking/tie_counter.h"
#include "harness/eval/ranking/tie_metrics.h"
#include "harness/eval/relevance.h"
#include "harness/eval/score_stream.h"

namespace bcr {
namespace {

using eval_test::CountDistances;
using eval_test::MakeIndex;
using eval_test::MakeMatrix;
using eval_test::SameBits;

constexpr int kMaxRank = 12;

// One group of equal distances as 0s and 1s (matches), sorted.
using Group = std::vector<int>;

struct Sums {
  double orders = 0, hits = 0, trapezoid = 0, inp = 0;
  std::vector<double> cmc = std::vector<double>(kMaxRank, 0);
  double best = 0, worst = 2;  // AP at hits
};

// Orders that differ only in equal items are equally likely: listing the distinct ones is enough.
void AddAllOrders(const std::vector<Group>& groups, size_t next, std::vector<int>& list,
                  Sums& sums) {
  if (next == groups.size()) {
    std::vector<uint32_t> ranks;
    for (size_t i = 0; i < list.size(); ++i) {
      if (list[i] == 1) ranks.push_back(static_cast<uint32_t>(i + 1));
    }
    const QueryScore score = ScoreRanks(ranks);
    sums.orders += 1;
    sums.hits += score.ap_hits;
    sums.trapezoid += score.ap_trapezoid;
    sums.inp += score.inp;
    sums.best = std::max(sums.best, score.ap_hits);
    sums.worst = std::min(sums.worst, score.ap_hits);
    for (int k = 1; k <= kMaxRank; ++k) {
      sums.cmc[static_cast<size_t>(k) - 1] += HitWithin(score, k);
    }
    return;
  }
  Group order = groups[next];
  do {
    list.insert(list.end(), order.begin(), order.end());
    AddAllOrders(groups, next + 1, list, sums);
    list.resize(list.size() - order.size());
  } while (std::next_permutation(order.begin(), order.end()));
}

std::vector<Group> RandomGroups(Random& random) {
  std::vector<Group> groups(1 + random.Below(4));
  for (Group& group : groups) {
    for (size_t i = 1 + random.Below(5); i > 0; --i) group.push_back(random.Chance(0.4) ? 1 : 0);
    std::sort(group.begin(), group.end());
  }
  return groups;
}

std::vector<TieGroup> Describe(const std::vector<Group>& groups) {
  std::vector<TieGroup> described;
  uint32_t before = 0;
  for (const Group& group : groups) {
    const auto matches = static_cast<uint32_t>(std::count(group.begin(), group.end(), 1));
    const auto size = static_cast<uint32_t>(group.size());
    if (matches > 0) described.push_back({before, matches, size - matches});
    before += size;
  }
  return described;
}

TEST(Ties, MeanIsTheAverageOverAllOrders) {
  size_t fractional = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    Random random(seed);
    const std::vector<Group> groups = RandomGroups(random);
    const std::vector<TieGroup> described = Describe(groups);
    const QueryScore mean = ScoreTies(described, Ties::kMean, kMaxRank);
    ASSERT_EQ(mean.valid, !described.empty());
    if (described.empty()) continue;
    Sums sums;
    std::vector<int> list;
    AddAllOrders(groups, 0, list, sums);
    ASSERT_NEAR(mean.ap_hits, sums.hits / sums.orders, 1e-13) << seed;
    ASSERT_NEAR(mean.ap_trapezoid, sums.trapezoid / sums.orders, 1e-13) << seed;
    ASSERT_NEAR(mean.inp, sums.inp / sums.orders, 1e-13) << seed;
    for (int k = 1; k <= kMaxRank; ++k) {
      const double expected = sums.cmc[static_cast<size_t>(k) - 1] / sums.orders;
      ASSERT_NEAR(HitWithin(mean, k), expected, 1e-13) << seed << " rank " << k;
      fractional += expected > 0 && expected < 1 ? 1 : 0;
    }
    ASSERT_NEAR(ScoreTies(described, Ties::kOptimistic, kMaxRank).ap_hits, sums.best, 1e-15);
    ASSERT_NEAR(ScoreTies(described, Ties::kPessimistic, kMaxRank).ap_hits, sums.worst, 1e-15);
  }
  EXPECT_GE(fractional, 300u);
}

// Published vector: query identity 1, four of five gallery images at one distance.
TEST(Ties, WorkedExample) {
  const auto score = [](Ties ties) {
    ScoringOptions options;
    options.ties = ties;
    return CountDistances(MakeMatrix({{.5F, .5F, .5F, .2F, .5F}}), MakeIndex({"1"}, {"0"}),
                          MakeIndex({"2", "1", "3", "1", "4"}, {"1", "1", "1", "2", "1"}), options)
        .queries[0];
  };
  EXPECT_NEAR(score(Ties::kOptimistic).ap_hits, 1.0, 1e-15);
  EXPECT_NEAR(score(Ties::kPessimistic).ap_hits, 0.7, 1e-15);
  EXPECT_NEAR(score(Ties::kMean).ap_hits, 197.0 / 240, 1e-15);
  EXPECT_NEAR(score(Ties::kMean).ap_trapezoid, 253.0 / 320, 1e-15);
  EXPECT_NEAR(score(Ties::kMean).inp, 77.0 / 120, 1e-15);
  EXPECT_EQ(score(Ties::kMean).first_rank, 1u);
  EXPECT_EQ(score(Ties::kMean).last_rank, 5u);
  EXPECT_TRUE(score(Ties::kMean).hits.empty());
}

TEST(Ties, MeanCmcIsFractional) {
  ScoringOptions options;
  options.ties = Ties::kMean;
  options.max_rank = 4;
  const CellScores cell = CountDistances(MakeMatrix({{.5F, .5F, .5F}, {.1F, .2F, .3F}}),
                                         MakeIndex({"1", "1"}, {"0", "0"}),
                                         MakeIndex({"2", "1", "3"}, {"1", "1", "1"}), options);
  EXPECT_EQ(cell.queries[0].hits.size(), 4u);
  EXPECT_NEAR(cell.cmc[0], (1.0 / 3 + 0) / 2, 1e-15);
  EXPECT_NEAR(cell.cmc[1], (2.0 / 3 + 1) / 2, 1e-15);
  EXPECT_EQ(cell.cmc[2], 1.0);
  EXPECT_EQ(cell.cmc[3], 1.0);
}

// Counted over cuts of any shape, and without ties all orders agree with the one by row.
TEST(Ties, DoNotDependOnTheCut) {
  Random random(3);
  const size_t queries = 9, gallery = 150;
  FloatMatrix distances(queries, gallery);
  std::vector<std::string> names, cameras;
  for (size_t i = 0; i < queries * gallery; ++i) {
    distances.data()[i] = static_cast<float>(random.Below(12));
  }
  for (size_t g = 0; g < gallery; ++g) {
    names.push_back(random.Chance(0.1) ? "-1" : std::to_string(1 + random.Below(5)));
    cameras.push_back(std::to_string(random.Below(3)));
  }
  const FeatureIndex gallery_index = MakeIndex(names, cameras);
  const FeatureIndex query_index = MakeIndex({"1", "2", "3", "4", "5", "1", "2", "3", "9"},
                                             {"0", "1", "2", "0", "1", "2", "0", "1", "2"});
  const Relevance relevance(query_index, gallery_index, Policy::kMarket);
  for (const Ties ties : {Ties::kOptimistic, Ties::kPessimistic, Ties::kMean}) {
    ScoringOptions options;
    options.ties = ties;
    const CellScores whole = CountDistances(distances, query_index, gallery_index, options);
    for (const StreamShape shape : {StreamShape{1, 7}, StreamShape{4, 64}, StreamShape{9, 150}}) {
      const auto counter = NewTieCounter(queries, gallery, ties, options.max_rank);
      BlockConsumer* const consumers[] = {counter.get()};
      StreamScores(*NewDistanceBlockSource(distances.view()), relevance, shape, 2, consumers);
      CellScores cell;
      cell.queries = counter->queries();
      cell.gallery_size = whole.gallery_size;
      Summarize(cell, options.max_rank);
      EXPECT_TRUE(SameBits(whole, cell)) << TiesName(ties);
    }
  }
  for (size_t q = 0; q < queries; ++q) {
    std::vector<float> order(gallery);
    std::iota(order.begin(), order.end(), 0.0F);
    random.Shuffle(order);
    std::copy(order.begin(), order.end(), distances.row(q));
  }
  const CellScores by_row = CountDistances(distances, query_index, gallery_index);
  for (const Ties ties : {Ties::kOptimistic, Ties::kPessimistic, Ties::kMean}) {
    ScoringOptions options;
    options.ties = ties;
    const CellScores cell = CountDistances(distances, query_index, gallery_index, options);
    for (size_t q = 0; q < queries; ++q) {
      EXPECT_EQ(cell.queries[q].first_rank, by_row.queries[q].first_rank);
      EXPECT_EQ(cell.queries[q].last_rank, by_row.queries[q].last_rank);
      EXPECT_NEAR(cell.queries[q].ap_hits, by_row.queries[q].ap_hits, 1e-14);
      EXPECT_NEAR(cell.queries[q].ap_trapezoid, by_row.queries[q].ap_trapezoid, 1e-14);
      EXPECT_NEAR(cell.queries[q].inp, by_row.queries[q].inp, 1e-14);
    }
    EXPECT_EQ(cell.cmc, by_row.cmc);
  }
}

}  // namespace
}  // namespace bcr
