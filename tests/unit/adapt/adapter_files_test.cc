#include "harness/adapt/adapter_files.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/adapt/adapter_cost.h"
#include "harness/adapt/fit_data.h"
#include "harness/core/files.h"
#include "harness/features/feature_set.h"
#include "tests/unit/adapt/random_rows.h"
#include "tests/unit/adapt/toy_adapter.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using test::Own;
using testing::HasSubstr;

class AdapterFiles : public ::testing::Test {
 protected:
  FittedAdapter Fit(const std::string& reference = "toy") {
    FitData data;
    data.from = Own(test::RandomRows(5, 3, 1));
    data.to = Own(test::RandomRows(5, 3, 2));
    return FitAdapter(ParseAdapter({&toy_}, reference), data);
  }
  std::string LoadMessage() {
    return test::MessageOf([&] { LoadAdapter({&toy_}, folder_.path()); });
  }
  std::string Path(const char* name) { return JoinPath(folder_.path(), name); }
  // Changes adapter.json as somebody with an editor does.
  void Edit(const char* key, const Json& value) {
    Json json = ReadJsonFile(Path("adapter.json"));
    json[key] = value;
    WriteJsonAtomic(Path("adapter.json"), json);
  }

  AdapterInfo toy_ = test::ToyAdapter();
  const TemporaryFolder folder_;
};

TEST_F(AdapterFiles, WhatWasSavedIsLoaded) {
  const FittedAdapter saved = Fit("toy,factor=1.5");
  SaveAdapter(saved, folder_.path());
  const FittedAdapter loaded = LoadAdapter({&toy_}, folder_.path());
  EXPECT_EQ(loaded.hash(), saved.hash());
  EXPECT_EQ(loaded.parameters(), saved.parameters());
  EXPECT_EQ(loaded.state().numbers, saved.state().numbers);
  EXPECT_EQ(DescribeAdapter(loaded), DescribeAdapter(saved));
}

TEST_F(AdapterFiles, TheHashNamesTheMap) {
  EXPECT_EQ(Fit().hash(), Fit("toy,name=other").hash());
  EXPECT_NE(Fit().hash(), Fit("toy,factor=3").hash());
  const std::string before = Fit().hash();
  toy_.revision = 4;
  EXPECT_NE(Fit().hash(), before);
}

TEST_F(AdapterFiles, ChangedFilesAreRefused) {
  EXPECT_EQ(test::CatchError([&] { LoadAdapter({&toy_}, folder_.path()); }).code(),
            ErrorCode::kMissing);
  SaveAdapter(Fit(), folder_.path());
  Edit("parameters", {{"factor", 3.0}});
  EXPECT_THAT(LoadMessage(), HasSubstr("content that was changed"));
  SaveAdapter(Fit(), folder_.path());
  FloatMatrix weights = ReadNpy(Path("weights.npy"));
  weights.data()[0] += 1;
  WriteNpy(Path("weights.npy"), weights.view());
  EXPECT_THAT(LoadMessage(), HasSubstr("an array that was changed"));
  WriteNpy(Path("weights.npy"), FloatMatrix(2, 3).view());
  EXPECT_THAT(LoadMessage(), HasSubstr("array `weights`: found 2 x 3, expected 3 x 3"));
}

TEST_F(AdapterFiles, AnotherRevisionOrAnUnknownAdapterIsRefused) {
  SaveAdapter(Fit(), folder_.path());
  toy_.revision = 4;
  EXPECT_THAT(LoadMessage(), HasSubstr("revision 3 of toy"));
  toy_.name = "other";
  EXPECT_THAT(LoadMessage(), HasSubstr("`toy`"));
}

TEST_F(AdapterFiles, RowsOfAnotherWidthOrNotFiniteAreRefused) {
  const FittedAdapter adapter = Fit();
  const Error width =
      test::CatchError([&] { adapter.Apply(Own(FloatMatrix(1, 4)), "new queries"); });
  EXPECT_EQ(width.code(), ErrorCode::kData);
  EXPECT_EQ(width.text().where, "new queries");
  EXPECT_EQ(width.text().found, "rows of width 4");
  EXPECT_THAT(width.text().expected, HasSubstr("width 3"));
  EXPECT_NE(width.text().hint, "");
  FitData data;
  data.from = Own(FloatMatrix(5, 3));
  data.to = Own(FloatMatrix(5, 2));
  EXPECT_THAT(test::MessageOf([&] { FitAdapter(ParseAdapter({&toy_}, "toy"), data); }),
              HasSubstr("width 3 mapped to 2"));
}

TEST_F(AdapterFiles, TheCostIsMeasured) {
  const AdapterCost cost = MeasureAdapter(Fit(), Own(test::RandomRows(40, 3, 7)), 30);
  EXPECT_EQ(cost.rows, 30U);
  EXPECT_EQ(cost.bytes_a_row, 12U);
  EXPECT_EQ(cost.bytes_of_map, 36U);
  EXPECT_GT(cost.ms_a_row, 0);
  EXPECT_THROW(MeasureAdapter(Fit(), Own(FloatMatrix(0, 3))), Error);
}

TEST_F(AdapterFiles, ARowThatDependsOnItsNeighboursIsFoundBeforeTheClockRuns) {
  toy_.apply = [](const AdapterState&, std::shared_ptr<const RowSource> rows) {
    FloatMatrix all = test::ReadAll(*rows);
    for (size_t i = 0; i < all.rows(); ++i) all.row(i)[0] += static_cast<float>(i);
    return Own(std::move(all));
  };
  EXPECT_THAT(test::MessageOf([&] { MeasureAdapter(Fit(), Own(test::RandomRows(40, 3, 7))); }),
              HasSubstr("depends on its neighbours"));
}

}  // namespace
}  // namespace bcr
