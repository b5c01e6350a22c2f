// Prototypical episodes: the sheet's vectors, both distances, and how a batch becomes episodes.
#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "harness/core/error.h"
#include "methods/support/episodes.h"
#include "methods/support/tensor_ops.h"
#include "tests/unit/methods/learner_batch.h"
#include "tests/unit/methods/pair_batch.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using testing::FillFeatures;
using testing::Rows;

// The sheet's episode: two people by two images, one query each.
struct Sheet {
  // Support of the first person, of the second, queries. The sheet names support shot by shot.
  at::Tensor features = Rows({0, 0, 0, 2, 2, 0, 2, 2, 0, 1.5, 1.5, 1}, 2).set_requires_grad(true);
  Episodes episodes = {.shots = 2,
                       .episode_of = {0, 0},
                       .support = {0, 1, 2, 3},
                       .queries = {4, 5},
                       .targets = {0, 1}};
  at::Tensor Logits(double temperature, bool cosine = false) const {
    return PrototypeLogits(features, episodes, cosine, temperature, "cpu");
  }
  at::Tensor Loss(double temperature) const {
    return CrossEntropy(Logits(temperature), at::tensor({0, 1}, at::kLong)).mean();
  }
};

TEST(Prototypes, TheSheetsVectors) {
  const Sheet sheet;
  const at::Tensor expected = Rows({-0.25, -4.25, -2.25, -0.25}, 2);
  EXPECT_LT((sheet.Logits(1) - expected).abs().max().item<double>(), 1e-15);
  EXPECT_NEAR(sheet.Loss(1).item<double>(), 0.07253897, 5e-9);
  EXPECT_NEAR(sheet.Loss(4).item<double>(), 0.39366934, 5e-9);
  EXPECT_NEAR(sheet.Loss(128).item<double>(), 0.68150472, 5e-9);
}

// dL/dz = (p - 1) / 2 at the own class, p / 2 at the other; dz/df = -2 (f - c) / T, dz/dc the opposite,
// half of it in each support image.
TEST(Prototypes, GradientOfTheSheetsEpisode) {
  const Sheet sheet;
  sheet.Loss(4).backward();
  const at::Tensor z = sheet.Logits(4).detach(), f = sheet.features.detach();
  const double p0 = z.softmax(1)[0][1].item<double>(), p1 = z.softmax(1)[1][0].item<double>();
  const at::Tensor c = Rows({0, 1, 2, 1}, 2);
  const auto slope = [&](int64_t query, int64_t own) { return -2 * (f[query] - c[own]) / 4; };
  const at::Tensor query = (slope(4, 1) - slope(4, 0)) * p0 / 2;
  EXPECT_LT((sheet.features.grad()[4] - query).abs().max().item<double>(), 1e-12);
  const at::Tensor first = (slope(4, 0) * p0 - slope(5, 0) * p1) / 2 / 2;
  for (const int64_t row : {0, 1})
    EXPECT_LT((sheet.features.grad()[row] - first).abs().max().item<double>(), 1e-12);
}

// Means of unit rows: lengths of features play no part.
TEST(Prototypes, Cosine) {
  Sheet sheet;
  sheet.features = Rows({3, 0, 0, 2, -1, 0, -5, 0, 2, 2, -1, 1}, 2);
  const at::Tensor z = sheet.Logits(0.5, true);
  const double half = std::sqrt(0.5);
  const at::Tensor expected = Rows({1, -half, 0, half}, 2) / 0.5;
  EXPECT_LT((z - expected).abs().max().item<double>(), 1e-12);
}

TEST(Prototypes, OtherEpisodesAreNotAsked) {
  Sheet sheet;
  sheet.episodes.episode_of = {0, 1};
  const at::Tensor z = sheet.Logits(1);
  EXPECT_EQ(z[0][1].item<double>(), -INFINITY);
  EXPECT_EQ(z[1][0].item<double>(), -INFINITY);
  EXPECT_EQ(sheet.Loss(1).item<double>(), 0);
}

struct Drawn {
  Batch batch;
  explicit Drawn(const std::vector<int64_t>& labels, std::vector<int64_t> rows = {}) {
    if (rows.empty()) {
      rows.resize(labels.size());
      std::iota(rows.begin(), rows.end(), 0);
    }
    batch.labels = labels;
    batch.rows = rows;
  }
  Episodes Of(int64_t ways, int64_t shots, uint64_t seed = 1) const {
    return DrawEpisodes(batch, ways, shots, seed);
  }
};

std::multiset<int64_t> All(const std::vector<int64_t>& values) {
  return {values.begin(), values.end()};
}

TEST(DrawEpisodes, EveryImageIsSupportOrQueryOnce) {
  const Drawn drawn({0, 0, 0, 1, 1, 1, 2, 2, 2});
  const Episodes episodes = drawn.Of(0, 2);
  EXPECT_THAT(episodes.episode_of, ElementsAre(0, 0, 0));
  ASSERT_EQ(episodes.support.size(), 6U);
  ASSERT_EQ(episodes.queries.size(), 3U);
  std::multiset<int64_t> used = All(episodes.support);
  used.insert(episodes.queries.begin(), episodes.queries.end());
  EXPECT_EQ(used, (std::multiset<int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8}));
  for (size_t q = 0; q < 3; ++q) {
    const int64_t label = drawn.batch.labels[static_cast<size_t>(episodes.queries[q])];
    for (const size_t shot : {0, 1}) {
      const auto place = episodes.support[static_cast<size_t>(episodes.targets[q]) * 2 + shot];
      EXPECT_EQ(drawn.batch.labels[static_cast<size_t>(place)], label);
    }
  }
}

TEST(DrawEpisodes, SeedsDrawOtherSupport) {
  const Drawn drawn({0, 0, 0, 0, 1, 1, 1, 1});
  std::set<std::multiset<int64_t>> seen;
  for (uint64_t seed = 0; seed < 30; ++seed) {
    EXPECT_EQ(drawn.Of(0, 1, seed).support, drawn.Of(0, 1, seed).support);
    seen.insert(All(drawn.Of(0, 1, seed).support));
  }
  EXPECT_GT(seen.size(), 8U) << "of 16";
}

// Five people in episodes of two: one waits.
TEST(DrawEpisodes, PeopleLeftOverWait) {
  const Drawn drawn({0, 0, 1, 1, 2, 2, 3, 3, 4, 4});
  std::set<std::multiset<int64_t>> seen;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Episodes episodes = drawn.Of(2, 1, seed);
    EXPECT_THAT(episodes.episode_of, ElementsAre(0, 0, 1, 1));
    EXPECT_EQ(episodes.queries.size(), 4U);
    seen.insert(All(episodes.support));
  }
  EXPECT_GT(seen.size(), 5U);
  EXPECT_THAT(drawn.Of(7, 1).episode_of, ElementsAre(0, 0, 0, 0, 0)) << "fewer than it takes";
}

TEST(DrawEpisodes, WhoHasNoQueryTakesNoPart) {
  const Drawn drawn({0, 0, 0, 1, 1, -1, -1, -1, 2, 2, 2});
  const Episodes episodes = drawn.Of(0, 2);
  EXPECT_EQ(episodes.episode_of.size(), 2U);
  for (const auto* places : {&episodes.support, &episodes.queries}) {
    for (const int64_t place : *places) EXPECT_TRUE(place < 3 || place > 7) << place;
  }
  EXPECT_TRUE(drawn.Of(0, 3).queries.empty());
}

// The sampler repeats images of people who have few.
TEST(DrawEpisodes, CopiesOfASupportImageAreNotAskedFor) {
  const Drawn drawn({0, 0, 0, 0, 1, 1, 1, 1}, {4, 4, 4, 5, 6, 6, 6, 6});
  const Episodes episodes = drawn.Of(0, 1);
  EXPECT_EQ(episodes.episode_of.size(), 1U) << "the second person has one image";
  if (episodes.support[0] == 3) {
    EXPECT_THAT(episodes.queries, ElementsAre(0, 1, 2));
  } else {
    EXPECT_THAT(episodes.queries, ElementsAre(3));
  }
}

// Through the objective: one image of each person is support, whichever it is, and the loss is that of
// the other against both.
TEST(Prototypical, ABatchOfPairs) {
  Batch batch;
  FillFeatures(Rows({0, 0, 1, 0, 4, 0, 6, 0}, 2), {0, 0, 1, 1}, batch);
  batch.rows = {0, 1, 2, 3};
  const double loss = testing::LossOf("prototypical", {{"temperature", 8.0}}, batch);
  const double x[] = {0, 1, 4, 6};
  int fitting = 0;
  for (const int a : {0, 1}) {
    for (const int b : {2, 3}) {
      const auto term = [&](int query, int own, int other) {
        const auto z = [&](int support) { return -std::pow(x[query] - x[support], 2) / 8; };
        return std::log1p(std::exp(z(other) - z(own)));
      };
      fitting += std::abs((term(1 - a, a, b) + term(5 - b, b, a)) / 2 - loss) < 1e-12;
    }
  }
  EXPECT_EQ(fitting, 1);
}

TEST(Prototypical, ParametersOutOfRangeAreRefused) {
  EXPECT_THROW(testing::MakeNamed("prototypical", {{"shots", 0}}), Error);
  EXPECT_THROW(testing::MakeNamed("prototypical", {{"ways", -1}}), Error);
  EXPECT_THROW(testing::MakeNamed("prototypical", {{"temperature", 0.0}}), Error);
  EXPECT_THROW(testing::MakeNamed("prototypical", {{"distance", "manhattan"}}), Error);
}

}  // namespace
}  // namespace bcr
