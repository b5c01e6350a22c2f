#include "harness/eval/upgrade/slices.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "tests/unit/eval/upgrade_test_util.h"

namespace bcr {
namespace {

using eval_test::ScoreMatrices;
using eval_test::ToyUpgrade;

TEST(Slices, IdentitiesSumUpToTheCell) {
  const ToyUpgrade toy = eval_test::MakeToyUpgrade(2, 20, 8, .9, .5);
  const CellScores cell = ScoreMatrices(toy.old_query, toy.query, toy.old_gallery, toy.gallery);
  const std::vector<IdentitySlice> slices = SliceByIdentity(cell, toy.query);
  EXPECT_EQ(slices.size(), 20U);
  double sum = 0;
  size_t queries = 0, valid = 0;
  for (size_t i = 0; i < slices.size(); ++i) {
    if (i > 0) {
      EXPECT_LT(slices[i - 1].identity, slices[i].identity);
    }
    const Slice& slice = slices[i].slice;
    queries += slice.queries;
    valid += slice.valid;
    EXPECT_FALSE(slice.map_hits.low);
    EXPECT_NE(slice.map_hits.reason, "");
    if (slice.valid > 0) sum += *slice.map_hits.value * static_cast<double>(slice.valid);
  }
  EXPECT_EQ(queries, cell.queries.size());
  EXPECT_EQ(valid, cell.valid_queries);
  ASSERT_LT(valid, queries);
  EXPECT_NEAR(sum / static_cast<double>(valid), cell.map_hits, 1e-12);
}

TEST(Slices, AnIdentityWithoutMatchHasNoValue) {
  const CellScores cell = eval_test::CellOfAp({.5, -1, .25});
  const FeatureIndex query = eval_test::MakeIndex({"a", "b", "a"}, {"0", "0", "0"});
  const std::vector<IdentitySlice> slices = SliceByIdentity(cell, query);
  EXPECT_EQ(*slices[0].slice.map_hits.value, .375);
  EXPECT_EQ(*slices[0].slice.cmc1.value, .5);
  EXPECT_EQ(slices[0].slice.map_hits.reason, "no interval: one identity");
  EXPECT_FALSE(slices[1].slice.map_hits.value);
  EXPECT_EQ(slices[1].slice.map_hits.reason, "no query has a match");
  EXPECT_EQ(slices[1].slice.queries, 1U);
}

TEST(Slices, CameraPairs) {
  const ToyUpgrade toy = eval_test::MakeToyUpgrade(4, 40, 8, .9, .5);
  const auto query = NewMatrixRows(toy.old_query.view());
  const auto gallery = NewMatrixRows(toy.old_gallery.view());
  const std::vector<CameraPairSlice> slices =
      SliceByCameraPair(*query, toy.query, *gallery, toy.gallery, {}, {});
  ASSERT_EQ(slices.size(), 16U);
  size_t gallery_images = 0;
  for (const CameraPairSlice& pair : slices) {
    if (pair.query_camera == "c0") gallery_images += pair.gallery;
    if (pair.query_camera == pair.gallery_camera) {
      EXPECT_EQ(pair.slice.valid, 0U);  // its own camera is dropped
      EXPECT_FALSE(pair.slice.map_hits.value);
    } else {
      EXPECT_GT(pair.slice.valid, 0U);
      EXPECT_EQ(pair.slice.map_hits.low.has_value(), pair.slice.identities >= kSliceIdentities);
    }
  }
  EXPECT_EQ(gallery_images, toy.gallery.size());

  // One pair scored on its own.
  std::vector<uint32_t> queries, rows;
  const auto select = [](const FeatureIndex& index, const std::string& camera,
                         std::vector<uint32_t>& chosen) {
    FeatureIndex part;
    for (size_t i = 0; i < index.size(); ++i) {
      if (index.cameras[i] != camera) continue;
      chosen.push_back(static_cast<uint32_t>(i));
      part.images.push_back(index.images[i]);
      part.identities.push_back(index.identities[i]);
      part.cameras.push_back(index.cameras[i]);
    }
    return part;
  };
  const FeatureIndex query_part = select(toy.query, "c1", queries);
  const FeatureIndex gallery_part = select(toy.gallery, "c2", rows);
  const CellScores cell = ScoreRows(*NewSelectedRows(*query, queries), query_part,
                                    *NewSelectedRows(*gallery, rows), gallery_part, {});
  const CameraPairSlice& pair = slices[1 * 4 + 2];
  EXPECT_EQ(pair.query_camera, "c1");
  EXPECT_EQ(pair.gallery_camera, "c2");
  EXPECT_EQ(pair.slice.valid, cell.valid_queries);
  EXPECT_EQ(*pair.slice.map_hits.value, cell.map_hits);
  EXPECT_EQ(*pair.slice.cmc1.value, cell.cmc[0]);
}

TEST(Slices, Refuse) {
  const CellScores cell = eval_test::CellOfAp({.5});
  EXPECT_THROW(SliceByIdentity(cell, eval_test::MakeIndex({"a", "b"}, {"0", "0"})), Error);
}

}  // namespace
}  // namespace bcr
