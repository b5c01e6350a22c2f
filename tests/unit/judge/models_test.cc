#include "harness/judge/models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/adapt/fitted_adapter.h"
#include "harness/features/feature_index.h"
#include "harness/features/width.h"
#include "tests/unit/adapt/toy_adapter.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RowsOfCellTest : public ::testing::Test {
 protected:
  static FloatMatrix Ascending(size_t width) {
    FloatMatrix matrix(1, width);
    for (size_t c = 0; c < width; ++c) matrix.row(0)[c] = static_cast<float>(c + 1);
    return matrix;
  }
  ModelRows Model(const std::string& key, const FloatMatrix& matrix) const {
    const std::shared_ptr<const RowSource> rows = NewMatrixRows(matrix.view());
    ModelRows model;
    model.key = key;
    model.query = {key + ": queries", rows, &index_};
    model.gallery = {key + ": gallery", rows, &index_};
    return model;
  }
  static std::vector<float> First(const RowSource& rows) {
    std::vector<float> scratch(rows.cols());
    const float* row = rows.Row(0, scratch.data());
    return {row, row + rows.cols()};
  }

  const FloatMatrix narrow_ = Ascending(2), wide_ = Ascending(4), last_ = Ascending(3);
  const FeatureIndex index_ = {{"a.jpg"}, {"a"}, {"c1"}};
  std::vector<ModelRows> models_ = {Model("v1", narrow_), Model("v2", wide_), Model("v3", last_)};
};

TEST_F(RowsOfCellTest, TheNewerSideComesInTheWidthOfTheOlder) {
  CellRows rows = RowsOfCell(models_, {"v2", "v1"}, {"truncate"});
  EXPECT_THAT(First(*rows.query), ElementsAre(1, 2));
  EXPECT_EQ(rows.gallery, models_[0].gallery->rows) << "the older side stays as it is";
  EXPECT_EQ(rows.gallery_index, &index_);
  rows = RowsOfCell(models_, {"v2", "v3"}, {"pad"});
  EXPECT_EQ(rows.query, models_[1].query->rows);
  EXPECT_THAT(First(*rows.gallery), ElementsAre(1, 2, 3, 0));
  rows = RowsOfCell(models_, {"v2", "v2"}, {"equal"});
  EXPECT_EQ(rows.query, models_[1].query->rows);
}

// In a chain a model may have one projection for each earlier model, and meets later ones as it is.
TEST_F(RowsOfCellTest, AProjectionBelongsToTheEarlierModel) {
  FloatMatrix to_v1(2, 3), to_v2(4, 3), of_v2(2, 4);
  to_v1.row(0)[2] = to_v1.row(1)[2] = 1;
  to_v2.row(3)[0] = 5;
  of_v2.row(0)[3] = 1;
  models_[2].projections = {{"v1", &to_v1}, {"v2", &to_v2}};
  models_[1].projections = {{"v1", &of_v2}};
  const WidthPolicy project = {"project"};
  EXPECT_THAT(First(*RowsOfCell(models_, {"v3", "v1"}, project).query), ElementsAre(3, 3));
  const CellRows rows = RowsOfCell(models_, {"v3", "v2"}, project);
  EXPECT_THAT(First(*rows.query), ElementsAre(0, 0, 0, 5));
  EXPECT_EQ(rows.gallery, models_[1].gallery->rows);
}

// The side that an adapter is made for is mapped, whichever side of the cell its model is on.
TEST_F(RowsOfCellTest, AnAdapterTakesThePlaceOfTheWidthPolicy) {
  AdapterInfo toy = test::ToyAdapter();
  toy.widths = AdapterWidths::kAny;
  AdapterState doubled;
  doubled.width_in = doubled.width_out = 2;
  doubled.arrays["weights"] = FloatMatrix(2, 2);
  doubled.arrays["weights"].row(0)[0] = doubled.arrays["weights"].row(1)[1] = 2;
  doubled.numbers["rows"] = 1;
  const FittedAdapter adapter(toy, "{}", doubled);
  models_[1] = Model("v2", narrow_);
  models_[1].adapters = {{"v1", {&adapter, true}}};
  CellRows rows = RowsOfCell(models_, {"v2", "v1"}, {"equal"});
  EXPECT_THAT(First(*rows.query), ElementsAre(2, 4));
  EXPECT_THAT(First(*rows.gallery), ElementsAre(1, 2));
  rows = RowsOfCell(models_, {"v1", "v2"}, {"equal"});
  EXPECT_THAT(First(*rows.query), ElementsAre(1, 2));
  EXPECT_THAT(First(*rows.gallery), ElementsAre(2, 4));
  models_[1].adapters["v1"].maps_later = false;
  rows = RowsOfCell(models_, {"v2", "v1"}, {"equal"});
  EXPECT_THAT(First(*rows.query), ElementsAre(1, 2));
  EXPECT_THAT(First(*rows.gallery), ElementsAre(2, 4));
  rows = RowsOfCell(models_, {"v2", "v2"}, {"equal"});
  EXPECT_EQ(rows.query, models_[1].query->rows) << "a model meets itself as it is";
}

// What an adapter says of the rows that it maps belongs to the gallery's side alone.
TEST_F(RowsOfCellTest, AnUncertaintyIsThatOfMappedGalleryRows) {
  AdapterInfo toy = test::ToyAdapter();
  toy.widths = AdapterWidths::kAny;
  toy.uncertainty = [](const AdapterState&, std::shared_ptr<const RowSource> rows) {
    return NewRowsOfWidth(std::move(rows), 1);
  };
  AdapterState same;
  same.width_in = same.width_out = 2;
  same.arrays["weights"] = FloatMatrix(2, 2);
  same.numbers["rows"] = 1;
  const FittedAdapter adapter(toy, "{}", same);
  models_[1] = Model("v2", narrow_);
  models_[1].adapters = {{"v1", {&adapter, false}}};
  const CellRows mapped = RowsOfCell(models_, {"v2", "v1"}, {"equal"});
  ASSERT_TRUE(mapped.gallery_uncertainty);
  EXPECT_THAT(First(*mapped.gallery_uncertainty), ElementsAre(1));
  EXPECT_FALSE(RowsOfCell(models_, {"v1", "v2"}, {"equal"}).gallery_uncertainty);
  EXPECT_FALSE(RowsOfCell(models_, {"v2", "v2"}, {"equal"}).gallery_uncertainty);
}

TEST_F(RowsOfCellTest, SaysWhatTheCellLacks) {
  const auto refusal = [&](const CellName& cell) {
    return test::MessageOf([&] { RowsOfCell(models_, cell, {"truncate"}); });
  };
  EXPECT_THAT(refusal({"v4", "v1"}), HasSubstr("`v4`"));
  models_[0].gallery.reset();
  EXPECT_THAT(refusal({"v2", "v1"}), HasSubstr("cell v2/v1: found no gallery features"));
  EXPECT_THAT(refusal({"v3", "v2"}), HasSubstr("v3: queries (--widths truncate)"));
}

}  // namespace
}  // namespace bcr
