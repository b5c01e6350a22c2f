// The single-shot protocol in expectation: against published figures, against the list of all
// draws, and against sampling.
#include "harness/eval/ranking/single_shot.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "eval_test_util.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

using eval_test::CountDistances;
using eval_test::MakeIndex;
using eval_test::MakeMatrix;

ScoringOptions SingleShotOptions(int max_rank = 50) {
  ScoringOptions options;
  options.policy = Policy::kCuhk03SingleShot;
  options.max_rank = max_rank;
  return options;
}

const FloatMatrix& VectorDistances() {
  static const FloatMatrix distances = MakeMatrix({{.30F, .60F, .20F, .50F, .40F, .10F, .70F}});
  return distances;
}

TEST(SingleShot, PublishedVector) {
  const CellScores cell = CountDistances(
      VectorDistances(), MakeIndex({"1"}, {"0"}),
      MakeIndex({"1", "1", "2", "2", "3", "1", "3"}, {"1", "1", "1", "0", "1", "0", "0"}),
      SingleShotOptions());
  EXPECT_NEAR(cell.cmc[0], .25, 1e-15);
  EXPECT_NEAR(cell.cmc[1], .75, 1e-15);
  for (size_t k = 2; k < 50; ++k) EXPECT_NEAR(cell.cmc[k], 1, 1e-15);
  EXPECT_NEAR(cell.queries[0].ap_hits, .45, 1e-15);  // of the whole list
  EXPECT_NEAR(cell.queries[0].ap_trapezoid, 23.0 / 80, 1e-15);
  EXPECT_EQ(cell.gallery_size, 7u);
}

// Without sampling the first match decides.
TEST(SingleShot, PublishedVectorWithoutSampling) {
  const CellScores cell = CountDistances(
      VectorDistances(), MakeIndex({"1"}, {"0"}),
      MakeIndex({"1", "1", "2", "2", "3", "1", "3"}, {"1", "1", "1", "0", "1", "0", "0"}));
  EXPECT_EQ(cell.cmc[0], 0);
  for (size_t k = 1; k < 50; ++k) EXPECT_EQ(cell.cmc[k], 1);
  EXPECT_NEAR(cell.queries[0].ap_hits, .45, 1e-15);
}

// The other reading of the protocol also removes all of the query's camera: here by hand.
TEST(SingleShot, PublishedVectorOtherViewOnly) {
  const CellScores cell =
      CountDistances(MakeMatrix({{.30F, .60F, .20F, .40F}}), MakeIndex({"1"}, {"0"}),
                     MakeIndex({"1", "1", "2", "3"}, {"1", "1", "1", "1"}), SingleShotOptions());
  EXPECT_NEAR(cell.cmc[0], 0, 1e-15);
  EXPECT_NEAR(cell.cmc[1], .5, 1e-15);
  EXPECT_NEAR(cell.cmc[2], 1, 1e-15);
  EXPECT_NEAR(cell.queries[0].ap_hits, .5, 1e-15);
  EXPECT_NEAR(cell.queries[0].ap_trapezoid, 1.0 / 3, 1e-15);
}

struct Case {
  FloatMatrix distances;
  FeatureIndex query, gallery;
};

Case MakeCase(uint64_t seed, size_t rows, size_t identities) {
  Random random(seed);
  Case made;
  std::vector<std::string> names, cameras;
  for (size_t g = 0; g < rows; ++g) {
    names.push_back(std::to_string(g < identities ? g : random.Below(identities)));
    cameras.push_back(std::to_string(random.Below(2)));
  }
  names.push_back("0");  // the first query has a match
  cameras.push_back("1");
  made.distances = FloatMatrix(3, rows + 1);
  for (size_t i = 0; i < 3 * (rows + 1); ++i) {
    made.distances.data()[i] = static_cast<float>(random.Below(rows));  // some ties
  }
  made.query = MakeIndex({"0", "1", "2"}, {"0", "0", "1"});
  made.gallery = MakeIndex(names, cameras);
  return made;
}

// Admitted gallery rows of a query by identity, in row order; its own first.
std::vector<std::vector<size_t>> Admitted(const Case& made, size_t q) {
  std::map<std::string, std::vector<size_t>> by_identity;
  for (size_t g = 0; g < made.gallery.size(); ++g) {
    const bool own = made.gallery.identities[g] == made.query.identities[q];
    if (own && made.gallery.cameras[g] == made.query.cameras[q]) continue;
    by_identity[own ? "" : made.gallery.identities[g]].push_back(g);
  }
  std::vector<std::vector<size_t>> list;
  if (by_identity.count("") == 0) return list;
  for (auto& [name, rows] : by_identity) list.push_back(std::move(rows));
  return list;
}

// Rank of kept[0] among the kept rows.
size_t RankOfFirst(const float* distances, const std::vector<size_t>& kept) {
  size_t rank = 1;
  for (const size_t g : kept) {
    const float here = distances[g], own = distances[kept[0]];
    rank += here < own || (here == own && g < kept[0]) ? 1 : 0;
  }
  return rank;
}

void AddAllDraws(const float* distances, const std::vector<std::vector<size_t>>& lists,
                 std::vector<size_t>& kept, double weight, std::vector<double>& at_rank) {
  if (kept.size() == lists.size()) {
    at_rank[RankOfFirst(distances, kept)] += weight;
    return;
  }
  const std::vector<size_t>& rows = lists[kept.size()];
  for (const size_t g : rows) {
    kept.push_back(g);
    AddAllDraws(distances, lists, kept, weight / static_cast<double>(rows.size()), at_rank);
    kept.pop_back();
  }
}

TEST(SingleShot, EqualsTheAverageOverAllDraws) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    const Case made = MakeCase(seed, 14, 5);
    const CellScores cell =
        CountDistances(made.distances, made.query, made.gallery, SingleShotOptions(6));
    for (size_t q = 0; q < 3; ++q) {
      const auto lists = Admitted(made, q);
      ASSERT_EQ(cell.queries[q].valid, !lists.empty());
      if (lists.empty()) continue;
      std::vector<double> at_rank(16, 0);
      std::vector<size_t> kept;
      AddAllDraws(made.distances.row(q), lists, kept, 1, at_rank);
      double within = 0;
      for (int k = 1; k <= 6; ++k) {
        within += at_rank[static_cast<size_t>(k)];
        ASSERT_NEAR(HitWithin(cell.queries[q], k), within, 1e-13) << seed << " rank " << k;
      }
    }
  }
}

// 20,000 draws of 40 identities. A share of n draws has a deviation of at most 1 / (2 sqrt(n)), so
// five of them are passed by chance less than once in a million comparisons; there are 60.
TEST(SingleShot, AgreesWithSampling) {
  const int draws = 20000;
  const Case made = MakeCase(77, 200, 40);
  const CellScores cell =
      CountDistances(made.distances, made.query, made.gallery, SingleShotOptions(20));
  Random random(5);
  for (size_t q = 0; q < 3; ++q) {
    const auto lists = Admitted(made, q);
    ASSERT_FALSE(lists.empty());
    std::vector<int> at_rank(lists.size() + 1, 0);
    for (int draw = 0; draw < draws; ++draw) {
      std::vector<size_t> kept;
      for (const auto& rows : lists) kept.push_back(rows[random.Below(rows.size())]);
      ++at_rank[RankOfFirst(made.distances.row(q), kept)];
    }
    int within = 0;
    for (int k = 1; k <= 20; ++k) {
      within += at_rank[static_cast<size_t>(k)];
      EXPECT_NEAR(HitWithin(cell.queries[q], k), static_cast<double>(within) / draws,
                  5 * 0.5 / std::sqrt(draws))
          << "query " << q << " rank " << k;
    }
  }
}

TEST(SingleShot, TiesOfKeptImages) {
  const auto first = [](Ties ties) {
    ScoringOptions options = SingleShotOptions();
    options.ties = ties;
    return CountDistances(MakeMatrix({{1, 1, 1}}), MakeIndex({"p"}, {"a"}),
                          MakeIndex({"x", "p", "y"}, {"b", "b", "b"}), options)
        .cmc;
  };
  EXPECT_EQ(first(Ties::kOptimistic)[0], 1.0);
  EXPECT_EQ(first(Ties::kByRow)[0], 0.0);
  EXPECT_EQ(first(Ties::kByRow)[1], 1.0);
  EXPECT_EQ(first(Ties::kPessimistic)[1], 0.0);
  EXPECT_EQ(first(Ties::kPessimistic)[2], 1.0);
}

TEST(SingleShot, KeepsWholeRowsWhateverTheBlock) {
  const Case made = MakeCase(9, 3000, 30);
  ScoringOptions options = SingleShotOptions();
  const CellScores expected = CountDistances(made.distances, made.query, made.gallery, options);
  options.block_mb = 1;
  options.threads = 3;
  EXPECT_TRUE(eval_test::SameBits(
      expected, CountDistances(made.distances, made.query, made.gallery, options)));
}

}  // namespace
}  // namespace bcr
