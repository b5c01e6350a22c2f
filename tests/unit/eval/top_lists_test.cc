// The first rows of every query's list against the same by sorting whole rows.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "eval_test_util.h"
#include "harness/core/random.h"
#include "harness/eval/relevance.h"

namespace bcr {
namespace {

using eval_test::MakeIndex;

struct Case {
  FloatMatrix distances;
  FeatureIndex query, gallery;
};

// Distances of few values, so that many are equal; junk and distractors in the gallery.
Case Draw(Random& random, size_t queries, size_t gallery) {
  Case drawn{FloatMatrix(queries, gallery), {}, {}};
  for (size_t q = 0; q < queries; ++q) {
    for (size_t g = 0; g < gallery; ++g) {
      drawn.distances.row(q)[g] = static_cast<float>(random.Below(40));
    }
  }
  std::vector<std::string> people, cameras;
  for (size_t q = 0; q < queries; ++q) {
    people.push_back(std::to_string(1 + q % 4));
    cameras.push_back("c" + std::to_string(1 + q % 2));
  }
  drawn.query = MakeIndex(people, cameras);
  people.clear(), cameras.clear();
  for (size_t g = 0; g < gallery; ++g) {
    people.push_back(std::to_string(static_cast<int64_t>(random.Below(7)) - 1));
    cameras.push_back("c" + std::to_string(1 + random.Below(3)));
  }
  people.insert(people.end(), {"1", "2", "3", "4"});  // a match for everybody
  cameras.insert(cameras.end(), 4, "c9");
  FloatMatrix wider(queries, gallery + 4);
  for (size_t q = 0; q < queries; ++q) {
    std::copy_n(drawn.distances.row(q), gallery, wider.row(q));
    std::fill_n(wider.row(q) + gallery, 4, 20.0f);
  }
  drawn.distances = std::move(wider);
  drawn.gallery = MakeIndex(people, cameras);
  return drawn;
}

std::vector<uint32_t> SortedRows(const Case& drawn, const Relevance& relevance, size_t q) {
  std::vector<uint32_t> dropped;
  relevance.Dropped(q, dropped);
  std::set<uint32_t> out(dropped.begin(), dropped.end());
  out.insert(relevance.junk().begin(), relevance.junk().end());
  std::vector<uint32_t> rows;
  for (uint32_t g = 0; g < drawn.gallery.size(); ++g) {
    if (out.count(g) == 0) rows.push_back(g);
  }
  std::stable_sort(rows.begin(), rows.end(), [&](uint32_t a, uint32_t b) {
    return drawn.distances.row(q)[a] < drawn.distances.row(q)[b];
  });
  return rows;
}

void ExpectSorted(const Case& drawn, const ScoringOptions& options) {
  const CellScores cell =
      eval_test::CountDistances(drawn.distances, drawn.query, drawn.gallery, options);
  const Relevance relevance(drawn.query, drawn.gallery, options.policy);
  ASSERT_EQ(cell.lists.size(), drawn.query.size());
  for (size_t q = 0; q < cell.lists.size(); ++q) {
    std::vector<uint32_t> sorted = SortedRows(drawn, relevance, q);
    sorted.resize(std::min(sorted.size(), static_cast<size_t>(options.list_length)));
    std::vector<uint32_t> listed, matches;
    relevance.Positives(q, matches);
    for (const ListedRow& row : cell.lists[q]) {
      listed.push_back(row.row);
      EXPECT_EQ(row.score, -drawn.distances.row(q)[row.row]);
      EXPECT_EQ(row.match, std::count(matches.begin(), matches.end(), row.row) == 1);
    }
    EXPECT_EQ(listed, sorted) << "query " << q;
  }
}

TEST(TopLists, AreTheFirstRowsOfSortedGalleries) {
  Random random(11);
  for (const Policy policy : {Policy::kMarket, Policy::kCamera, Policy::kNone}) {
    for (const int length : {1, 10, 1000}) {
      const Case drawn = Draw(random, 8, 200);
      ScoringOptions options;
      options.policy = policy;
      options.list_length = length;
      ExpectSorted(drawn, options);
    }
  }
}

TEST(TopLists, DoNotDependOnHowTheGalleryIsCut) {
  Random random(12);
  const Case drawn = Draw(random, 100, 9000);  // 3.4 MiB of scores: several cuts of one MiB
  ScoringOptions options;
  options.list_length = 10;
  options.block_mb = 1;
  options.threads = 2;
  ExpectSorted(drawn, options);
}

TEST(TopLists, AreKeptOnlyWhereAsked) {
  Random random(13);
  const Case drawn = Draw(random, 4, 20);
  EXPECT_TRUE(eval_test::CountDistances(drawn.distances, drawn.query, drawn.gallery).lists.empty());
}

TEST(TopLists, ChangeNoFigure) {
  Random random(14);
  const Case drawn = Draw(random, 8, 300);
  ScoringOptions with;
  with.list_length = 10;
  EXPECT_TRUE(eval_test::SameBits(
      eval_test::CountDistances(drawn.distances, drawn.query, drawn.gallery, with),
      eval_test::CountDistances(drawn.distances, drawn.query, drawn.gallery)));
}

}  // namespace
}  // namespace bcr
