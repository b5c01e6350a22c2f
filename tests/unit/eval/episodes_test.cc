// Episodes: who is drawn under which rule, and what prototypes make of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "eval_test_util.h"
#include "harness/core/error.h"
#include "harness/eval/episodes/episode_mean.h"
#include "harness/eval/episodes/prototypes.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using eval_test::MakeIndex;
using eval_test::MakeMatrix;
using ::testing::AllOf;
using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<double> ScoresOf(const FloatMatrix& query, const FloatMatrix& gallery,
                             Distance distance, const Episode& episode) {
  return PrototypeScores(*NewMatrixRows(query.view()), *NewMatrixRows(gallery.view()), distance,
                         episode);
}

std::vector<double> SharesOf(const FloatMatrix& query, const FloatMatrix& gallery,
                             Distance distance, const Episode& episode) {
  return EpisodeShares(*NewMatrixRows(query.view()), *NewMatrixRows(gallery.view()), distance,
                       episode);
}

// Two people, two images each: the worked example of ProtoNet's logits at temperature 1.
TEST(Prototypes, ScoreAsProtoNetDoes) {
  const FloatMatrix gallery = MakeMatrix({{0, 0}, {2, 0}, {0, 2}, {2, 2}});
  const FloatMatrix query = MakeMatrix({{0, 1.5f}, {1.5f, 1}});
  const Episode episode = {{0, {0, 2}, {0}}, {1, {1, 3}, {1}}};
  EXPECT_THAT(ScoresOf(query, gallery, Distance::kEuclidean, episode),
              ElementsAre(-0.25, -4.25, -2.25, -0.25));
  EXPECT_THAT(SharesOf(query, gallery, Distance::kEuclidean, episode), ElementsAre(1, 1));
}

// Rows of length 1 are averaged: the long row counts no more than the short one.
TEST(Prototypes, AverageDirectionsUnderCosine) {
  const FloatMatrix gallery = MakeMatrix({{10, 0}, {0, 0.1f}, {-3, 0}, {0, 0}});
  const FloatMatrix query = MakeMatrix({{2, 2}, {-1, 0}, {0, 0}});
  const Episode episode = {{0, {0, 1}, {0}}, {1, {2}, {1}}, {2, {3}, {2}}};
  const double half = std::sqrt(0.5);
  EXPECT_THAT(ScoresOf(query, gallery, Distance::kCosine, episode),
              ElementsAre(DoubleNear(1, 1e-7), DoubleNear(-half, 1e-15), DoubleEq(0),
                          DoubleNear(-half, 1e-7), DoubleEq(1), DoubleEq(0), DoubleEq(0),
                          DoubleEq(0), DoubleEq(0)));
}

TEST(Prototypes, LeaveEquallyNearQueriesToThePersonDrawnEarlier) {
  const FloatMatrix gallery = MakeMatrix({{1, 0}, {1, 0}});
  const FloatMatrix query = MakeMatrix({{1, 1}, {1, -1}, {0, 1}});
  EXPECT_THAT(SharesOf(query, gallery, Distance::kCosine, {{0, {0}, {0}}, {1, {1}, {1, 2}}}),
              ElementsAre(1, 0));
}

TEST(Prototypes, CountSharesByPerson) {
  const FloatMatrix gallery = MakeMatrix({{1, 0}, {0, 1}});
  const FloatMatrix query = MakeMatrix({{2, 1}, {1, 2}, {3, 1}, {1, 3}, {1, 4}});
  EXPECT_THAT(
      SharesOf(query, gallery, Distance::kEuclidean, {{0, {0}, {0, 1, 2}}, {1, {1}, {3, 4}}}),
      ElementsAre(2.0 / 3, 1));
}

// Both published forms of the interval: three accuracies, and ten.
TEST(EpisodeMean, IsThatOfFewShotPapers) {
  const EpisodeMean three = MeanOverEpisodes({0.64, 0.70, 0.58});
  EXPECT_NEAR(three.mean, 0.64, 1e-15);
  EXPECT_NEAR(three.half_width, 0.05543717, 5e-9);
  const EpisodeMean ten = MeanOverEpisodes({.8, .6, 1, .8, .4, 1, .8, .6, .8, 1});
  EXPECT_NEAR(ten.mean, 0.78, 1e-15);
  EXPECT_NEAR(ten.half_width, 0.116945, 5e-7);
  EXPECT_EQ(MeanOverEpisodes({0.5}).half_width, 0);
}

// Four people, of whom the last has one camera throughout, and images of nobody asked for.
struct TestSet {
  FeatureIndex query, gallery;
  TestSet() {
    std::vector<std::string> ids, cameras;
    for (const char* id : {"a", "b", "c"}) {
      for (const char* camera : {"1", "2", "3"}) {
        ids.insert(ids.end(), 2, id);
        cameras.insert(cameras.end(), 2, camera);
      }
    }
    query = MakeIndex(ids, cameras);
    for (const char* id : {"d", "-1", "0000", "x"}) {
      ids.insert(ids.end(), 3, id);
      cameras.insert(cameras.end(), 3, "1");
    }
    gallery = MakeIndex(ids, cameras);
    for (std::string& image : gallery.images) image = "gallery_" + image;
    query.images.push_back("d.jpg");
    query.identities.push_back("d");
    query.cameras.push_back("1");
  }
};

TEST(EpisodePool, KeepsTheCameraRuleAndLeavesOutWhoCannotBeDrawn) {
  const TestSet set;
  for (const Policy policy : {Policy::kMarket, Policy::kCamera}) {
    const EpisodePool pool(set.query, set.gallery, policy, {.way = 2, .shot = 3, .queries = 4});
    EXPECT_THAT(pool.identities(), ElementsAre("a", "b", "c"));
    EXPECT_THAT(pool.left_out(), ElementsAre("d"));
    std::map<size_t, int> asked;
    for (uint64_t e = 0; e < 300; ++e) {
      const Episode episode = pool.Draw(EpisodeSeed(1, pool.kind(), e));
      ASSERT_EQ(episode.size(), 2U);
      EXPECT_NE(episode[0].identity, episode[1].identity);
      for (const EpisodePerson& person : episode) {
        const std::string& name = pool.identities()[person.identity];
        std::set<std::string> cameras;
        EXPECT_EQ(std::set(person.support.begin(), person.support.end()).size(), 3U);
        for (const uint32_t row : person.support) {
          EXPECT_EQ(set.gallery.identities[row], name);
          cameras.insert(set.gallery.cameras[row]);
        }
        ++asked[person.queries.size()];
        for (const uint32_t row : person.queries) {
          EXPECT_EQ(set.query.identities[row], name);
          EXPECT_EQ(cameras.count(set.query.cameras[row]), 0U);
        }
        EXPECT_EQ(std::set(person.queries.begin(), person.queries.end()).size(),
                  person.queries.size());
      }
    }
    // Three images are by two cameras, and never by one alone, which has two.
    EXPECT_THAT(asked, ElementsAre(std::pair<const size_t, int>(2, 600)));
  }
}

TEST(EpisodePool, DrawsEverybodyAndEveryImageAboutEquallyOften) {
  const TestSet set;
  const EpisodePool pool(set.query, set.gallery, Policy::kMarket,
                         {.way = 2, .shot = 1, .queries = 3});
  std::vector<int> people(3), support(set.gallery.size()), queries(set.query.size());
  for (uint64_t e = 0; e < 3000; ++e) {
    for (const EpisodePerson& person : pool.Draw(EpisodeSeed(7, pool.kind(), e))) {
      ++people[person.identity];
      for (const uint32_t row : person.support) ++support[row];
      EXPECT_EQ(person.queries.size(), 3U) << "of the four by the two other cameras";
      for (const uint32_t row : person.queries) ++queries[row];
    }
  }
  // Expected 2,000, 333 and 1,000, of deviations 26, 18 and 28.
  for (const int count : people) EXPECT_NEAR(count, 2000, 130);
  for (size_t row = 0; row < 18; ++row) {
    EXPECT_NEAR(support[row], 333, 90) << row;
    EXPECT_NEAR(queries[row], 1000, 150) << row;
  }
  EXPECT_EQ(std::accumulate(support.begin() + 18, support.end(), 0), 0);
}

// Under `none` cameras play no part, but no image is enrolled and asked for at once.
TEST(EpisodePool, AsksUnderNoneForImagesThatAreNotEnrolled) {
  FeatureIndex both = MakeIndex({"a", "a", "b", "b", "c"}, {"1", "1", "1", "1", "1"});
  const EpisodePool pool(both, both, Policy::kNone, {.way = 2, .shot = 1, .queries = 15});
  EXPECT_THAT(pool.identities(), ElementsAre("a", "b"));
  EXPECT_THAT(pool.left_out(), ElementsAre("c"));
  for (uint64_t e = 0; e < 50; ++e) {
    for (const EpisodePerson& person : pool.Draw(e)) {
      ASSERT_EQ(person.queries.size(), 1U);
      EXPECT_NE(person.queries[0], person.support[0]);
      EXPECT_EQ(both.identities[person.queries[0]], both.identities[person.support[0]]);
    }
  }
}

// The draw is one of images: rows in another order give the same episodes.
TEST(EpisodePool, DrawsTheSameImagesWhateverTheOrderOfRows) {
  const TestSet set;
  const auto reversed = [](FeatureIndex index) {
    std::reverse(index.images.begin(), index.images.end());
    std::reverse(index.identities.begin(), index.identities.end());
    std::reverse(index.cameras.begin(), index.cameras.end());
    return index;
  };
  const FeatureIndex query = reversed(set.query), gallery = reversed(set.gallery);
  const EpisodeKind kind{.way = 3, .shot = 2, .queries = 2};
  const EpisodePool one(set.query, set.gallery, Policy::kMarket, kind);
  const EpisodePool other(query, gallery, Policy::kMarket, kind);
  for (uint64_t e = 0; e < 20; ++e) {
    const Episode a = one.Draw(e), b = other.Draw(e);
    for (size_t p = 0; p < 3; ++p) {
      EXPECT_EQ(a[p].identity, b[p].identity);
      for (size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(set.gallery.images[a[p].support[i]], gallery.images[b[p].support[i]]);
        EXPECT_EQ(set.query.images[a[p].queries[i]], query.images[b[p].queries[i]]);
      }
    }
  }
}

TEST(EpisodePool, SaysHowManyPeopleThereAre) {
  const TestSet set;
  const auto message = [&](Policy policy, int way, int shot) {
    return test::MessageOf([&] {
      EpisodePool(set.query, set.gallery, policy, {.way = way, .shot = shot, .queries = 1});
    });
  };
  EXPECT_THAT(message(Policy::kMarket, 4, 1),
              AllOf(HasSubstr("--episodes 4x1"),
                    HasSubstr("3 of the queries' 4 identities with 1 gallery image by other"),
                    HasSubstr("expected 4 or more"), HasSubstr("the policy none")));
  EXPECT_THAT(message(Policy::kMarket, 2, 5), HasSubstr("0 of the queries' 4 identities with 5"));
  EXPECT_THAT(message(Policy::kNone, 5, 3),
              AllOf(HasSubstr("4 of the queries' 4 identities with 3 gallery images besides"),
                    testing::Not(HasSubstr("policy"))));
}

TEST(EpisodePool, EpisodesAreStreamsOfTheirOwn) {
  const EpisodeKind kind{.way = 5, .shot = 1};
  EXPECT_EQ(EpisodeSeed(1, kind, 3), EpisodeSeed(1, {.way = 5, .shot = 1, .queries = 4}, 3));
  const std::set<uint64_t> seeds = {
      EpisodeSeed(1, kind, 3), EpisodeSeed(1, kind, 4), EpisodeSeed(2, kind, 3),
      EpisodeSeed(1, {.way = 1, .shot = 5}, 3), EpisodeSeed(1, {.way = 5, .shot = 5}, 3)};
  EXPECT_EQ(seeds.size(), 5U);
}

}  // namespace
}  // namespace bcr
