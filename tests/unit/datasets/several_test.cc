// The reader `several`.
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
using testing::Names;
using testing::OpenText;
using testing::Put;
using ::testing::StartsWith;

class Sources : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* folder : {"a", "b"}) {
      for (const char* name : {"bounding_box_train/0002_c1_1.jpg", "query/0001_c1_1.jpg",
                               "bounding_box_test/0001_c2_1.jpg", "bounding_box_test/-1_c2_1.jpg"})
        Put(root(), std::string(folder) + "/" + name, std::string("image of ") + folder);
    }
  }
  std::unique_ptr<Dataset> Open(const std::string& text) {
    Put(root(), "sources.txt", text);
    return OpenText("several:" + root() + "/sources.txt");
  }
  std::string Line(const std::string& folder) const {
    return "market-layout:" + root() + "/" + folder + "\n";
  }
  const std::string& root() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

TEST_F(Sources, PeopleOfTwoDataSetsAreNeverOne) {
  const auto data = Open("# two folders\n" + Line("a") + "\n" + Line("b"));
  EXPECT_THAT(Names(*data, Split::kTrain),
              ElementsAre("1-market-layout/bounding_box_train/0002_c1_1.jpg",
                          "2-market-layout/bounding_box_train/0002_c1_1.jpg"));
  EXPECT_EQ(SizeOf(data->images(Split::kTrain)).identities, 2U);
  EXPECT_EQ(SizeOf(data->images(Split::kGallery)).cameras, 2U);
  EXPECT_EQ(data->images(Split::kQuery)[1].identity, "2-market-layout/0001");
  EXPECT_EQ(data->ReadImage(Split::kTrain, 1), "image of b");
  EXPECT_EQ(data->report().junk_dropped, 2U);
  EXPECT_EQ(data->report().queries_without_match, 0U);
}

TEST_F(Sources, TheHashCoversEveryPartAndTheirOrder) {
  const std::string hash = Open(Line("a") + Line("b"))->hash();
  EXPECT_EQ(Open(Line("a") + "\n" + Line("b"))->hash(), hash);
  Put(root(), "b/query/0001_c1_2.jpg");
  EXPECT_NE(Open(Line("a") + Line("b"))->hash(), hash);
  EXPECT_NE(Open(Line("b") + Line("a"))->hash(), hash);
}

TEST_F(Sources, TellsTheDifferencesOfItsParts) {
  for (const char* name : {"bounding_box_train/0001_c1_f1.jpg", "query/0005_c2_f1.jpg",
                           "bounding_box_test/0005_c5_f1.jpg"})
    Put(root(), std::string("duke/") + name);
  const auto data = Open(Line("a") + "dukemtmc:" + root() + "/duke\n");
  EXPECT_THAT(data->report().differences,
              Contains("2-dukemtmc/ query images: 1 found, 2228 published"));
}

TEST_F(Sources, RefusesListsThatAreNone) {
  EXPECT_THAT(ErrorOf([&] { Open(Line("a")); }).what(), HasSubstr("1 data references"));
  EXPECT_THAT(ErrorOf([&] { Open(Line("a") + "several:x\n"); }).what(),
              HasSubstr("sources.txt:2: found a list in a list"));
  EXPECT_THAT(ErrorOf([&] { Open(Line("a") + "market1051:x\n"); }).what(), HasSubstr("market1501"));
  EXPECT_THAT(ErrorOf([&] { Open(Line("a") + Line("c")); }).what(), HasSubstr("no such folder"));
  EXPECT_EQ(ErrorOf([&] { OpenText("several:" + root()); }).code(), ErrorCode::kUsage);
}

}  // namespace
}  // namespace bcr
