// The reader `dukemtmc` on a miniature; what it shares with Market-1501's is in market_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/datasets/fixtures.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using testing::ErrorOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Names;
using testing::OpenText;
using testing::Put;

class DukeFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name :
         {"bounding_box_train/0001_c2_f0046182.jpg", "bounding_box_train/0001_c5_f0046302.jpg",
          "bounding_box_train/7140_c8_f0100000.jpg", "query/0005_c2_f0046985.jpg",
          "query/0023_c1_f0000001.jpg", "bounding_box_test/0005_c5_f0052000.jpg",
          "bounding_box_test/0023_c7_f0052001.jpg", "bounding_box_test/0030_c3_f0052002.jpg",
          "bounding_box_test/0031_c3_f0052003.jpg", "bounding_box_test/0031_c3_f0052004.jpg"}) {
      Put(root(), name);
    }
  }
  const std::string& root() const { return folder_.path(); }
  std::unique_ptr<Dataset> Open() const { return OpenText("dukemtmc:" + root()); }

 private:
  TemporaryFolder folder_;
};

TEST_F(DukeFolder, ListsTheThreeSplits) {
  const auto data = Open();
  EXPECT_EQ(data->reader(), "dukemtmc");
  EXPECT_EQ(data->images(Split::kTrain).size(), 3U);
  EXPECT_EQ(data->images(Split::kGallery).size(), 5U);
  EXPECT_THAT(Names(*data, Split::kQuery),
              ElementsAre("query/0005_c2_f0046985.jpg", "query/0023_c1_f0000001.jpg"));
  const ImageRecord& image = data->images(Split::kTrain).at(2);
  EXPECT_EQ(image.identity, "7140");
  EXPECT_EQ(image.camera, "8");
}

TEST_F(DukeFolder, IdentitiesWithoutAQueryAreDistractors) {
  const auto data = Open();
  EXPECT_EQ(data->report().distractors, 3U);
  EXPECT_EQ(data->report().queries_without_match, 0U);
  EXPECT_FALSE(data->report().market_identities) << "no number means junk";
  Put(root(), "bounding_box_test/0000_c3_f0052005.jpg");
  Put(root(), "query/0031_c1_f0052006.jpg");
  EXPECT_EQ(Open()->report().distractors, 2U) << "0030 and 0000, a person as any other";
}

TEST_F(DukeFolder, LeavesOutAndCountsNamesOutsideTheGrammar) {
  for (const char* name :
       {"0001_c2_0046182.jpg", "0001_c2_f.jpg", "0001_c_f0046182.jpg", "_c2_f0046182.jpg",
        "-1_c2_f0046182.jpg", "0001_c2s1_f0046182.jpg", "0001_c2_f0046182_01.jpg",
        "0001_c2_f0046182.bmp", "0002_c1s1_000451_03.jpg"}) {
    Put(root(), std::string("query/") + name);
  }
  const auto data = Open();
  EXPECT_EQ(data->images(Split::kQuery).size(), 2U);
  EXPECT_EQ(data->report().unparsed_count, 9U);
}

TEST_F(DukeFolder, MessagesShowItsOwnNames) {
  std::filesystem::remove(root() + "/query/0005_c2_f0046985.jpg");
  std::filesystem::rename(root() + "/query/0023_c1_f0000001.jpg",
                          root() + "/query/0023_c1s1_000001_01.jpg");
  const Error names = ErrorOf([&] { Open(); });
  EXPECT_EQ(names.code(), ErrorCode::kData);
  EXPECT_THAT(names.what(), HasSubstr("0001_c2_f0046182.jpg (identity, camera, frame)"));
  std::filesystem::remove_all(root() + "/query");
  const Error folder = ErrorOf([&] { Open(); });
  EXPECT_EQ(folder.code(), ErrorCode::kMissing);
  EXPECT_THAT(folder.what(), HasSubstr("0001_c2_f0046182.jpg"));
}

TEST_F(DukeFolder, ItsCamerasAreOneToEight) {
  Put(root(), "query/0023_c9_f0000001.jpg");
  EXPECT_EQ(Open()->report().differences.back(), "cameras: c9 found, c1 to c8 published");
  Put(root(), "query/0023_c0_f0000001.jpg");
  EXPECT_THAT(ErrorOf([&] { Open(); }).what(), HasSubstr("0023_c0_f0000001.jpg: found camera c0"));
}

TEST_F(DukeFolder, StatesEachDifferenceFromThePublishedCounts) {
  EXPECT_THAT(Open()->report().differences,
              ElementsAre("training identities: 2 found, 702 published",
                          "training images: 3 found, 16522 published",
                          "query identities: 2 found, 702 published",
                          "query images: 2 found, 2228 published",
                          "gallery identities: 4 found, 1110 published",
                          "gallery images: 5 found, 17661 published"));
}

// Set BCR_DUKEMTMC to the unpacked dataset to run this.
TEST(Duke, TheReleasedFolderHasThePublishedCounts) {
  const char* root = std::getenv("BCR_DUKEMTMC");
  if (root == nullptr) GTEST_SKIP() << "BCR_DUKEMTMC does not name a DukeMTMC-reID folder";
  EXPECT_THAT(OpenText(std::string("dukemtmc:") + root)->report().differences, IsEmpty());
}

}  // namespace
}  // namespace bcr
