#include "harness/run/stored_cell.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/metrics/table.h"

namespace bcr {
namespace {

const Json kInputs = {{"cell", 1}};

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

struct Fixture {
  TemporaryFolder root;
  ArtifactStore store{root.path()};
  int scored = 0;
  StoredCell Cell() {
    return CellFromStore(store, kInputs, Queries(), [&] {
      ++scored;
      return Scores();
    });
  }
  std::string File(const char* name) const {
    return JoinPath(store.Folder("cells", ArtifactStore::KeyOf(kInputs)), name);
  }
};

TEST(StoredCell, GivesWhatWasScored) {
  Fixture f;
  for (int i = 0; i < 2; ++i) {
    const StoredCell cell = f.Cell();
    ASSERT_EQ(cell.scores.queries.size(), 2U);
    EXPECT_EQ(cell.scores.queries[0].ap_hits, 1.0 / 3);
    EXPECT_EQ(cell.scores.queries[0].ap_trapezoid, .25);
    EXPECT_EQ(cell.scores.queries[0].inp, .2);
    EXPECT_EQ(cell.scores.queries[0].first_rank, 3U);
    EXPECT_EQ(cell.scores.queries[0].of_ranks, std::vector<double>(RankMetrics().size(), .125));
    EXPECT_FALSE(cell.scores.queries[1].valid);
    EXPECT_EQ(cell.scores.valid_queries, 1U);
    EXPECT_EQ(cell.scores.gallery_size, 7U);
    EXPECT_EQ(cell.scores.cmc, (std::vector<double>{0, 0, 1}));
    EXPECT_EQ(cell.identities, (std::vector<std::string>{"a", "b"}));
  }
  EXPECT_EQ(f.scored, 1);
}

TEST(StoredCell, ADamagedOneIsScoredAgain) {
  const std::pair<const char*, const char*> damages[] = {
      {"cell.json", "{\"cmc\": [0"},
      {"cell.json", "[]"},
      {"cell.json", R"({"cmc": "x", "gallery_size": 7, "queries": ""})"},
      {"cell.json", R"({"gallery_size": 7})"},
      {"queries.csv", ""},
      {"queries.csv", "image,identity,camera,valid,ap_hits,ap_trapezoid,inp,first_rank\n"}};
  for (const auto& [file, content] : damages) {
    Fixture f;
    f.Cell();
    WriteFileAtomic(f.File(file), std::string_view(content));
    EXPECT_EQ(f.Cell().scores.gallery_size, 7U) << file << ": " << content;
    EXPECT_EQ(f.scored, 2) << file << ": " << content;
    f.Cell();
    EXPECT_EQ(f.scored, 2) << "the damage is gone";
  }
}

TEST(StoredCell, WhatScoringThrowsPassesThrough) {
  Fixture f;
  EXPECT_THROW(CellFromStore(f.store, kInputs, Queries(),
                             []() -> CellScores {
                               throw Error(ErrorCode::kData, {"test", "", "", ""});
                             }),
               Error);
  EXPECT_FALSE(f.store.Has("cells", ArtifactStore::KeyOf(kInputs)));
}

}  // namespace
}  // namespace bcr
