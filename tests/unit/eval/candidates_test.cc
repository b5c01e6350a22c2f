// Candidate sets against worked examples and the same by brute force.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <tuple>

#include "eval_test_util.h"
#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/eval/distribution/candidate_groups.h"
#include "harness/eval/distribution/candidate_sets.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using eval_test::MakeIndex;
using eval_test::MakeMatrix;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const ScoringOptions kNone = {.policy = Policy::kNone};

// Scores of queries (rows) and gallery images, given.
class Given {
 public:
  Given(std::vector<std::vector<float>> scores, std::vector<std::string> queries,
        std::vector<std::string> gallery)
      : query_(MakeIndex(queries, std::vector<std::string>(queries.size(), "1"))),
        gallery_(MakeIndex(gallery, std::vector<std::string>(gallery.size(), "2"))) {
    for (std::vector<float>& row : scores) {
      for (float& score : row) score = -score;
    }
    distances_ = MakeMatrix(scores);
  }
  std::vector<double> Thresholds(const std::vector<double>& sizes,
                                 const ScoringOptions& options = kNone) const {
    return CandidateThresholds(*NewDistanceBlockSource(distances_.view()), query_, gallery_, sizes,
                               options);
  }
  std::vector<CandidateSets> Count(const std::vector<double>& thresholds,
                                   const ScoringOptions& options = kNone) const {
    return CountCandidates(*NewDistanceBlockSource(distances_.view()), query_, gallery_, thresholds,
                           options);
  }

 private:
  FeatureIndex query_, gallery_;
  FloatMatrix distances_;
};

// Three samples, four classes, one image of each class: lambda and sets of the worked example.
TEST(Candidates, OfTheWorkedExample) {
  const Given given(
      {{0.70f, 0.20f, 0.06f, 0.04f}, {0.40f, 0.35f, 0.15f, 0.10f}, {0.90f, 0.05f, 0.03f, 0.02f}},
      {"0", "2", "0"}, {"0", "1", "2", "3"});
  const std::vector<double> thresholds = given.Thresholds({2, 1});
  EXPECT_NEAR(thresholds[0], 0.125, 1e-8);
  EXPECT_NEAR(thresholds[1], 0.375, 1e-8);
  const std::vector<CandidateSets> sets = given.Count(thresholds);
  EXPECT_THAT(sets[0].sizes, ElementsAre(2, 3, 1));
  EXPECT_THAT(sets[0].hit, ElementsAre(true, true, true));
  EXPECT_EQ(sets[0].matches, 3U);
  EXPECT_EQ(sets[0].accepted, 3U);
  EXPECT_THAT(sets[1].sizes, ElementsAre(1, 1, 1));
  EXPECT_THAT(sets[1].hit, ElementsAre(true, false, true));
  EXPECT_EQ(sets[1].accepted, 2U);
}

// The same cut by fractions: round(nK) pairs.
TEST(Candidates, OfSizesThatAreNoWholeNumbers) {
  const Given given({{0.5f, 0.25f}, {0.75f, 0.125f}}, {"0", "1"}, {"0", "1"});
  EXPECT_THAT(given.Thresholds({0.5, 1.5, 0.6}), ElementsAre(0.625, 0.1875, 0.625));
}

// Equal scores at the boundary are all taken in.
TEST(Candidates, TakeInWhatTiesWithTheThreshold) {
  const Given given({{0.5f, 0.25f, 0.25f, 0}, {0.5f, 0.25f, 0.25f, 0}}, {"0", "3"},
                    {"0", "1", "2", "3"});
  const std::vector<double> thresholds = given.Thresholds({2});
  EXPECT_EQ(thresholds[0], 0.25);
  const std::vector<CandidateSets> sets = given.Count(thresholds);
  EXPECT_THAT(sets[0].sizes, ElementsAre(3, 3));
  EXPECT_THAT(sets[0].hit, ElementsAre(true, false));
}

// Two images of one person make one candidate, by the nearer of them; both count for recall.
TEST(Candidates, ArePeopleAndNotImages) {
  const Given given(
      {{0.9f, 0.8f, 0.1f, 0.3f}, {0.6f, 0.55f, 0.5f, 0.2f}, {0.95f, 0.2f, 0.15f, 0.1f}},
      {"1", "2", "3"}, {"1", "2", "2", "3"});
  const std::vector<double> thresholds = given.Thresholds({1, 2});
  EXPECT_NEAR(thresholds[0], 0.7, 1e-7);  // 0.95, 0.9, 0.8 | 0.6, 0.55, 0.3, 0.2, 0.2, 0.1
  EXPECT_NEAR(thresholds[1], 0.25, 1e-7);
  const std::vector<CandidateSets> sets = given.Count({thresholds[0], 0.4});
  EXPECT_THAT(sets[0].sizes, ElementsAre(2, 0, 1));
  EXPECT_THAT(sets[0].hit, ElementsAre(true, false, false));
  EXPECT_THAT(sets[1].sizes, ElementsAre(2, 2, 1));
  EXPECT_THAT(sets[1].hit, ElementsAre(true, true, false));
  EXPECT_EQ(sets[1].matches, 4U);
  EXPECT_EQ(sets[1].accepted, 3U);
}

TEST(Candidates, RefuseSizesThatLeaveNobodyInOrOut) {
  const Given given({{0.9f, 0.8f, 0.1f}, {0.9f, 0.8f, 0.1f}}, {"1", "2"}, {"1", "2", "3"});
  for (const double size : {0.2, 3.0, 1e300}) {
    EXPECT_THAT(test::MessageOf([&] {
                  given.Thresholds({1, size});
                }),
                AllOf(HasSubstr("--candidates"),
                      HasSubstr("2 queries with a match and 3 people in the gallery")))
        << size;
  }
  EXPECT_THAT(given.Thresholds({}), ElementsAre());
}

TEST(CandidateGroups, CountADistractorByItselfAndJunkNotAtAll) {
  const FeatureIndex gallery =
      MakeIndex({"7", "0", "-1", "7", "0000", "0", "8"}, std::vector<std::string>(7, "1"));
  const auto sizes = [&](Policy policy) {
    const CandidateGroups groups(gallery, policy);
    std::multiset<size_t> result;
    for (size_t c = 0; c < groups.size(); ++c) result.insert(groups.Rows(c).size());
    return result;
  };
  EXPECT_THAT(sizes(Policy::kMarket), ElementsAre(1, 1, 1, 1, 2));
  EXPECT_THAT(sizes(Policy::kCamera), ElementsAre(1, 1, 1, 2, 2));
  const CandidateGroups groups(gallery, Policy::kMarket);
  EXPECT_THAT(groups.Rows(0), ElementsAre(0, 3));
}

struct Drawn {
  FloatMatrix query, gallery;
  FeatureIndex query_index, gallery_index;
};

// Scores with many ties: rows of small whole numbers.
Drawn Draw(uint64_t seed, size_t queries, size_t gallery) {
  Random random(seed);
  Drawn drawn{FloatMatrix(queries, 5), FloatMatrix(gallery, 5), {}, {}};
  const auto fill = [&](FloatMatrix& matrix, FeatureIndex& index, bool nobodies) {
    std::vector<std::string> people, cameras;
    for (size_t i = 0; i < matrix.rows(); ++i) {
      for (size_t k = 0; k < 5; ++k) matrix.row(i)[k] = static_cast<float>(random.Below(4));
      matrix.row(i)[0] += 1;
      const size_t person = random.Below(nobodies ? 14 : 12);
      people.push_back(person == 13 ? "-1" : person == 12 ? "0" : std::to_string(1 + person));
      cameras.push_back(std::to_string(random.Below(3)));
    }
    index = MakeIndex(people, cameras);
  };
  fill(drawn.query, drawn.query_index, false);
  fill(drawn.gallery, drawn.gallery_index, true);
  return drawn;
}

class DrawnCandidates : public ::testing::TestWithParam<std::tuple<Distance, Policy>> {};

TEST_P(DrawnCandidates, AreThoseOfALoopOverAllPairs) {
  const auto [distance, policy] = GetParam();
  constexpr size_t kQueries = 50, kGallery = 400;
  const Drawn drawn = Draw(5, kQueries, kGallery);
  const eval_test::MatrixSource source(drawn.query, drawn.gallery, distance);
  std::vector<float> scores(kQueries * kGallery);
  source->Fill(0, kQueries, 0, kGallery, 1, scores.data());
  const FeatureIndex &a = drawn.query_index, &b = drawn.gallery_index;
  const CandidateGroups groups(b, policy);
  std::vector<std::vector<float>> nearest(kQueries);  // admitted candidates
  std::vector<std::vector<float>> matches(kQueries);
  for (size_t q = 0; q < kQueries; ++q) {
    const auto admitted = [&](size_t g) {
      return policy == Policy::kNone ||
             !(a.identities[q] == b.identities[g] && a.cameras[q] == b.cameras[g]);
    };
    for (size_t g = 0; g < kGallery; ++g) {
      if (a.identities[q] == b.identities[g] && admitted(g))
        matches[q].push_back(scores[q * kGallery + g]);
    }
    if (matches[q].empty()) continue;
    for (size_t c = 0; c < groups.size(); ++c) {
      float best = -1e30f;
      for (const uint32_t g : groups.Rows(c)) {
        if (admitted(g)) best = std::max(best, scores[q * kGallery + g]);
      }
      if (best > -1e30f) nearest[q].push_back(best);
    }
  }
  std::vector<float> sorted;
  size_t valid = 0;
  for (size_t q = 0; q < kQueries; ++q) {
    valid += matches[q].empty() ? 0 : 1;
    sorted.insert(sorted.end(), nearest[q].begin(), nearest[q].end());
  }
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  const CandidatePairs pairs = CountCandidatePairs(a, b, policy);
  EXPECT_EQ(pairs.queries, valid);
  EXPECT_EQ(pairs.pairs(), sorted.size());
  const std::vector<double> sizes = {1, 5, 0.3};
  for (const int threads : {1, 3}) {
    const ScoringOptions options{
        .policy = policy, .block_mb = 1, .threads = threads, .distance = distance};
    const std::vector<double> thresholds = CandidateThresholds(*source, a, b, sizes, options);
    const std::vector<CandidateSets> sets = CountCandidates(*source, a, b, thresholds, options);
    for (size_t k = 0; k < sizes.size(); ++k) {
      const auto m = static_cast<size_t>(std::lround(sizes[k] * static_cast<double>(valid)));
      const double threshold =
          0.5 * (static_cast<double>(sorted[m - 1]) + static_cast<double>(sorted[m]));
      ASSERT_EQ(thresholds[k], threshold);
      const auto accepted = [&](const std::vector<float>& some) {
        return std::count_if(some.begin(), some.end(),
                             [&](float score) { return static_cast<double>(score) >= threshold; });
      };
      uint64_t all = 0, found = 0;
      for (size_t q = 0; q < kQueries; ++q) {
        EXPECT_EQ(sets[k].sizes[q], accepted(nearest[q])) << q;
        EXPECT_EQ(sets[k].hit[q], accepted(matches[q]) > 0) << q;
        all += matches[q].size();
        found += static_cast<uint64_t>(accepted(matches[q]));
      }
      EXPECT_EQ(sets[k].matches, all);
      EXPECT_EQ(sets[k].accepted, found);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, DrawnCandidates,
    ::testing::Combine(::testing::Values(Distance::kCosine, Distance::kEuclidean),
                       ::testing::Values(Policy::kMarket, Policy::kCamera, Policy::kNone)));

// Blocks of a few whole rows and many cuts of the greatest scores give the same thresholds.
TEST(CandidateThresholds, DoNotDependOnBlocks) {
  const Drawn drawn = Draw(6, 300, 6000);
  const eval_test::MatrixSource source(drawn.query, drawn.gallery);
  const auto at = [&](int block_mb, int threads) {
    return CandidateThresholds(*source, drawn.query_index, drawn.gallery_index, {0.1, 2, 7},
                               {.block_mb = block_mb, .threads = threads});
  };
  EXPECT_EQ(at(1, 1), at(256, 3));
}

}  // namespace
}  // namespace bcr
