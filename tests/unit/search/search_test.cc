#include <gtest/gtest.h>

#include <limits>

#include "harness/core/error.h"
#include "harness/features/row_source.h"
#include "harness/search/approximate.h"
#include "harness/search/search_cost.h"
#include "tests/unit/core/catch_error.h"
#include "tests/unit/eval/upgrade_test_util.h"

namespace bcr {
namespace {

using eval_test::MakeIndex;
using eval_test::MakeMatrix;
using eval_test::ScoreMatrices;
using eval_test::ToyUpgrade;

class Search : public testing::Test {
 protected:
  Search() : toy_(eval_test::MakeToyUpgrade(8, 60, 16, .8, .4)) {}

  NearestLists Approximate(const std::string& index, const ApproximateOptions& options) const {
    return SearchApproximately(index, *query_, *gallery_, options);
  }
  SearchCost Measure(const std::string& index, int k) const {
    return MeasureSearch(index, *query_, toy_.query, *gallery_, toy_.gallery, {}, {.k = k});
  }

  const ToyUpgrade toy_;
  const std::unique_ptr<RowSource> query_ = NewMatrixRows(toy_.old_query.view());
  const std::unique_ptr<RowSource> gallery_ = NewMatrixRows(toy_.old_gallery.view());
};

// Unit rows on a grid of exact products: no rounding can part FAISS from us.
TEST_F(Search, FlatFindsTheExactLists) {
  const FloatMatrix query = MakeMatrix({{1, 0}, {0, 1}});
  const FloatMatrix gallery = MakeMatrix({{0, 2}, {3, 0}, {-1, 0}, {5, 0}});
  const NearestLists lists = SearchApproximately("Flat", *NewMatrixRows(query.view()),
                                                 *NewMatrixRows(gallery.view()), {.k = 9});
  EXPECT_EQ(lists.k, 4);  // capped
  EXPECT_EQ(lists.rows, (std::vector<int64_t>{1, 3, 0, 2, 0, 1, 2, 3}));
  const NearestLists exact =
      SearchExactly(*NewMatrixRows(query.view()), *NewMatrixRows(gallery.view()), 4, 1, 1);
  EXPECT_EQ(exact.rows, lists.rows);
  EXPECT_EQ(SearchExactly(*query_, *gallery_, 20, 1, 1).rows,
            SearchExactly(*query_, *gallery_, 20, 64, 3).rows);
}

TEST_F(Search, WholeListsCostNothing) {
  const SearchCost cost = Measure("Flat", static_cast<int>(toy_.gallery.size()));
  EXPECT_EQ(cost.recall_at_1, 1);
  EXPECT_EQ(cost.recall_at_10, 1);
  EXPECT_EQ(cost.recall_at_k, 1);
  const CellScores exact =
      ScoreMatrices(toy_.old_query, toy_.query, toy_.old_gallery, toy_.gallery);
  EXPECT_TRUE(eval_test::SameBits(exact, cost.truncated));
  EXPECT_NEAR(cost.approximate.map_hits, exact.map_hits, 1e-12);
}

TEST_F(Search, ShortListsLoseWhatTheyDoNotShow) {
  const CellScores exact =
      ScoreMatrices(toy_.old_query, toy_.query, toy_.old_gallery, toy_.gallery);
  const SearchCost five = Measure("Flat", 5), twenty = Measure("Flat", 20);
  EXPECT_EQ(five.recall_at_k, 1);
  EXPECT_LT(five.truncated.map_hits, twenty.truncated.map_hits);
  EXPECT_LT(twenty.truncated.map_hits, exact.map_hits);
  EXPECT_EQ(five.truncated.valid_queries, exact.valid_queries);
}

TEST_F(Search, AWorseIndexFindsLess) {
  const SearchCost flat = Measure("Flat", 20), coarse = Measure("IVF16,Flat", 20);
  EXPECT_EQ(coarse.index, "IVF16,Flat");
  EXPECT_LT(coarse.recall_at_10, 1);
  EXPECT_GT(coarse.recall_at_10, .1);
  EXPECT_LT(coarse.approximate.map_hits, flat.approximate.map_hits);
  EXPECT_EQ(coarse.truncated.map_hits, flat.truncated.map_hits);
}

TEST_F(Search, ParametersOfTheSearchCount) {
  const double one = Measure("IVF8,Flat", 10).recall_at_10;
  const double four = Measure("IVF8,Flat:nprobe=4", 10).recall_at_10;
  EXPECT_LT(one, four);
  EXPECT_EQ(Measure("IVF8,Flat:nprobe=8", 10).recall_at_10, 1);
  EXPECT_LE(Measure("HNSW4:efSearch=4", 10).recall_at_10,
            Measure("HNSW4:efSearch=200", 10).recall_at_10);
}

// index_factory would have the codes ordered for Hamming filters: minutes.
TEST_F(Search, ProductQuantisersTrainInSeconds) {
  const ToyUpgrade large = eval_test::MakeToyUpgrade(8, 300, 16, .8, .4);
  const SearchCost cost =
      MeasureSearch("IVF4,PQ4:nprobe=4", *NewMatrixRows(large.old_query.view()), large.query,
                    *NewMatrixRows(large.old_gallery.view()), large.gallery, {}, {.k = 10});
  EXPECT_GT(cost.recall_at_10, 0.2);
  EXPECT_LT(cost.recall_at_10, 1);
}

TEST_F(Search, NoRunDiffersFromAnother) {
  for (const char* index : {"Flat", "IVF16,Flat", "HNSW16", "SQ8", "PCA8,Flat"}) {
    const NearestLists one = Approximate(index, {.k = 10, .threads = 1});
    EXPECT_EQ(one.rows, Approximate(index, {.k = 10, .threads = 1}).rows) << index;
    EXPECT_EQ(one.rows, Approximate(index, {.k = 10, .threads = 3}).rows) << index;
  }
}

TEST_F(Search, ListsByHand) {
  const FeatureIndex query = MakeIndex({"a", "a", "z"}, {"0", "0", "0"});
  const FeatureIndex gallery = MakeIndex({"a", "a", "b", "-1", "a"}, {"0", "1", "1", "1", "2"});
  NearestLists lists;
  lists.k = 4;
  // Removed after the search: row 0 (same camera) and row 3 (junk).
  lists.rows = {0, 3, 2,  1,  //
                2, 0, -1, -1, 1, 2, 3, 4};
  const CellScores cell = ScoreLists(lists, query, gallery, {});
  EXPECT_EQ(cell.valid_queries, 2U);
  const QueryScore& some = cell.queries[0];
  EXPECT_EQ(some.first_rank, 2U);
  EXPECT_EQ(some.matches, 2U);
  EXPECT_EQ(some.ap_hits, .25);  // one of two at rank 2
  EXPECT_EQ(some.inp, 0);
  const QueryScore& none = cell.queries[1];
  EXPECT_TRUE(none.valid);
  EXPECT_EQ(none.ap_hits, 0);
  EXPECT_EQ(none.first_rank, std::numeric_limits<uint32_t>::max());
  EXPECT_EQ(HitWithin(none, 50), 0);
  EXPECT_FALSE(cell.queries[2].valid);
  EXPECT_EQ(cell.cmc[0], 0);
  EXPECT_EQ(cell.cmc[1], .5);
  EXPECT_EQ(cell.cmc.back(), .5);
  EXPECT_EQ(cell.map_hits, .125);
  lists.rows[0] = 5;
  EXPECT_THROW(ScoreLists(lists, query, gallery, {}), Error);
}

TEST_F(Search, RecallByHand) {
  NearestLists exact, found;
  exact.k = found.k = 2;
  exact.rows = {0, 1, 2, 3};
  found.rows = {1, 0, 3, -1};
  EXPECT_EQ(RecallAt(found, exact, 1), 0);
  EXPECT_EQ(RecallAt(found, exact, 2), .75);
  EXPECT_EQ(RecallAt(found, exact, 10), .75);
  EXPECT_THROW(RecallAt(found, exact, 0), Error);
}

TEST_F(Search, Upgrade) {
  const auto cell = [&](const FloatMatrix& query) {
    return MeasureSearch("IVF8,Flat", *NewMatrixRows(query.view()), toy_.query, *gallery_,
                         toy_.gallery, {}, {.k = 50});
  };
  const CellScores old_self =
      ScoreMatrices(toy_.old_query, toy_.query, toy_.old_gallery, toy_.gallery);
  const CellScores cross =
      ScoreMatrices(toy_.new_query, toy_.query, toy_.old_gallery, toy_.gallery);
  const SearchCost old_cost = cell(toy_.old_query), cross_cost = cell(toy_.new_query);
  const SearchUpgrade upgrade =
      JudgeSearch(old_self, cross, old_cost, cross_cost, toy_.query.identities, {.seed = 1});
  EXPECT_NEAR(*upgrade.exact.value, cross.map_hits - old_self.map_hits, 1e-12);
  EXPECT_NEAR(*upgrade.approximate.value,
              cross_cost.approximate.map_hits - old_cost.approximate.map_hits, 1e-12);
  EXPECT_NEAR(*upgrade.truncated.value, cross_cost.truncated.map_hits - old_cost.truncated.map_hits,
              1e-12);
  EXPECT_EQ(JudgeGain(upgrade.exact), Verdict::kYes);
}

TEST_F(Search, SaysWhatIsWrongWithAnIndex) {
  const auto error = [&](const std::string& index) {
    return test::CatchError([&] { Approximate(index, {}); });
  };
  for (const char* bad : {"", "Flatt", "IVF,", "PQ5", "IVF16,Nonsense", "IVF16,Flat:nprob=3",
                          "IVF16,Flat:nprobe", "Flat:nprobe=3"}) {
    EXPECT_EQ(error(bad).code(), ErrorCode::kUsage) << bad;
    EXPECT_NE(std::string(error(bad).what()).find("search index `" + std::string(bad) + "`"),
              std::string::npos)
        << error(bad).what();
  }
  const Error untrained = error("IVF1024,Flat");
  EXPECT_EQ(untrained.code(), ErrorCode::kData);
  EXPECT_NE(std::string(untrained.what()).find("found 300 gallery rows, expected at least 1024"),
            std::string::npos)
      << untrained.what();
  EXPECT_EQ(error("PQ4x12").code(), ErrorCode::kData);  // 4096 clusters a part
}

TEST_F(Search, RefusesRowsWithoutADirection) {
  const FloatMatrix zeros(300, 16);
  const auto gallery = NewMatrixRows(zeros.view());
  const std::string message =
      test::MessageOf([&] { SearchApproximately("Flat", *query_, *gallery, {}); });
  EXPECT_NE(message.find("gallery features: row 0"), std::string::npos) << message;
  const FloatMatrix narrow(4, 8);
  EXPECT_THROW(SearchApproximately("Flat", *query_, *NewMatrixRows(narrow.view()), {}), Error);
  EXPECT_THROW(Approximate("Flat", {.k = 0}), Error);
  ScoringOptions euclidean;
  euclidean.distance = Distance::kEuclidean;
  EXPECT_THROW(MeasureSearch("Flat", *query_, toy_.query, *gallery_, toy_.gallery, euclidean, {}),
               Error);
}

}  // namespace
}  // namespace bcr
