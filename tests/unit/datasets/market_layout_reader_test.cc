// The reader `market-layout`: folders of the user's; what it shares with `market1501` is in market_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/datasets/fixtures.h"

namespace bcr {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::ErrorOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Miniature;
using testing::Names;
using testing::Put;
using ::testing::StartsWith;

class OwnFolder : public Miniature {
 protected:
  OwnFolder() : Miniature("market-layout") {}
  void SetUp() override {
    for (const char* name : {"bounding_box_train/0002_c1_a.jpg", "bounding_box_train/0002_c2_a.jpg",
                             "query/0001_c1.jpg", "bounding_box_test/0001_c2_b.jpg",
                             "bounding_box_test/-1_c2_b.jpg", "bounding_box_test/0000_c9_b.jpg"})
      Put(root(), name);
  }
};

TEST_F(OwnFolder, HasMarketsRulesAndNoCountsToMeet) {
  const auto data = Open();
  EXPECT_EQ(data->images(Split::kTrain).size(), 2U);
  EXPECT_EQ(data->images(Split::kGallery).size(), 2U);
  EXPECT_EQ(data->report().junk_dropped, 1U);
  EXPECT_EQ(data->report().distractors, 1U);
  EXPECT_TRUE(data->report().market_identities);
  EXPECT_THAT(data->report().differences, IsEmpty());
  EXPECT_FALSE(data->report().published);
}

TEST_F(OwnFolder, CamerasMayBeSpelledInOneWay) {
  std::filesystem::remove(root() + "/bounding_box_test/0000_c9_b.jpg");
  for (const char* name : {"bounding_box_train/0003_c000_a.jpg", "query/0003_c011.jpg"})
    Put(root(), name);
  EXPECT_EQ(Open()->images(Split::kQuery).back().camera, "011");
  Put(root(), "bounding_box_test/0003_c01_b.jpg");
  const Error error = ErrorOf([&] { Open(); });
  EXPECT_EQ(error.code(), ErrorCode::kData);
  EXPECT_THAT(error.text().found, HasSubstr("camera c1 in "));
  EXPECT_THAT(error.text().found, HasSubstr("c01 in bounding_box_test/0003_c01_b.jpg"));
}

TEST_F(OwnFolder, NamesAMissingFolder) {
  std::filesystem::remove_all(root() + "/query");
  const Error error = ErrorOf([&] { Open(); });
  EXPECT_EQ(error.code(), ErrorCode::kMissing);
  EXPECT_THAT(error.what(), HasSubstr("0002_c1_000451.jpg"));
}

}  // namespace
}  // namespace bcr
