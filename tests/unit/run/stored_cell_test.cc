#include "harness/run/stored_cell.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/metrics/table.h"

namespace bcr {
namespace {

FeatureIndex Queries() { return {{"a.jpg", "b.jpg"}, {"a", "b"}, {"1", "2"}}; }

CellScores Scores() {
  CellScores scores;
  scores.queries.resize(2);
  scores.queries[0].valid = true;
  scores.queries[0].ap_hits = 1.0 / 3;
  scores.queries[0].ap_trapezoid = .25;
  scores.queries[0].inp = .2;
  scores.queries[0].first_rank = 3;
  scores.queries[0].of_ranks.assign(RankMetrics().size(), .125);
  scores.valid_queries = 1;
  scores.gallery_size = 7;
  scores.cmc = {0, 0, 1};
  return scores;
}

TEST(StoredCell, GivesWhatWasScored) {
  const TemporaryFolder folder;
  WriteStoredCell(folder.path(), Scores(), Queries());
  const StoredCell cell = ReadStoredCell(folder.path());
  ASSERT_EQ(cell.scores.queries.size(), 2U);
  EXPECT_EQ(cell.scores.queries[0].ap_hits, 1.0 / 3);
  EXPECT_EQ(cell.scores.queries[0].ap_trapezoid, .25);
  EXPECT_EQ(cell.scores.queries[0].inp, .2);
  EXPECT_EQ(cell.scores.queries[0].first_rank, 3U);
  EXPECT_EQ(cell.scores.queries[0].of_ranks, std::vector<double>(RankMetrics().size(), .125));
  EXPECT_FALSE(cell.scores.queries[1].valid);
  EXPECT_EQ(cell.scores.valid_queries, 1U);
  EXPECT_EQ(cell.scores.gallery_size, 7U);
  EXPECT_EQ(cell.scores.map_hits, 1.0 / 3) << "over valid queries";
  EXPECT_EQ(cell.scores.cmc, (std::vector<double>{0, 0, 1}));
  EXPECT_EQ(cell.identities, (std::vector<std::string>{"a", "b"}));
}

TEST(StoredCell, ADamagedOneIsRefusedByTheNameOfItsFile) {
  const std::pair<const char*, const char*> damages[] = {
      {"cell.json", "{\"cmc\": [0"},
      {"cell.json", "[]"},
      {"cell.json", R"({"cmc": "x", "gallery_size": 7, "queries": ""})"},
      {"cell.json", R"({"gallery_size": 7})"},
      {"queries.csv", ""},
      {"queries.csv", "image,identity,camera,valid,ap_hits,ap_trapezoid,inp,first_rank\n"}};
  for (const auto& [file, content] : damages) {
    const TemporaryFolder folder;
    WriteStoredCell(folder.path(), Scores(), Queries());
    WriteFileAtomic(JoinPath(folder.path(), file), std::string_view(content));
    try {
      ReadStoredCell(folder.path());
      ADD_FAILURE() << "accepted " << file << ": " << content;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(file), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace bcr
