// The readers `cuhk03-np`, `cuhk03` and `cuhk-sysu` on miniatures.
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
using testing::OpenText;
using testing::Put;
using ::testing::StartsWith;

class Cuhk03NpFolder : public Miniature {
 protected:
  Cuhk03NpFolder() : Miniature("cuhk03-np", "/cuhk03-np") {}
  void SetUp() override {
    for (const char* boxes : {"detected", "labeled"}) {
      const std::string folder = root() + "/cuhk03-np/" + boxes;
      Put(folder, "bounding_box_train/0001_c1_1.png", boxes);
      Put(folder, "bounding_box_train/0001_c2_6.png");
      Put(folder, "query/0002_c1_1.png");
      Put(folder, "bounding_box_test/0002_c2_7.png");
    }
    Put(root() + "/cuhk03-np/labeled", "bounding_box_test/0000_c2_7.png");
  }
};

TEST_F(Cuhk03NpFolder, ReadsTheBoxesThatAreWanted) {
  const auto detected = Open();
  EXPECT_EQ(detected->ReadImage(Split::kTrain, 0), "detected");
  EXPECT_EQ(detected->images(Split::kGallery).size(), 1U);
  EXPECT_EQ(detected->images(Split::kQuery)[0].camera, "1");
  const auto labeled = Open(",boxes=labeled");
  EXPECT_EQ(labeled->ReadImage(Split::kTrain, 0), "labeled");
  EXPECT_EQ(labeled->images(Split::kGallery).size(), 2U) << "0000 is a person as any other";
  EXPECT_NE(labeled->hash(), detected->hash());
  EXPECT_EQ(OpenText("cuhk03-np:" + root())->hash(), detected->hash());
}

TEST_F(Cuhk03NpFolder, ComparesWithTheCountsOfTheseBoxes) {
  EXPECT_THAT(Open()->report().differences, Contains("training images: 2 found, 7365 published"));
  EXPECT_THAT(Open(",boxes=labeled")->report().differences,
              Contains("gallery images: 2 found, 5328 published"));
}

TEST_F(Cuhk03NpFolder, RefusesOtherBoxesMissingFoldersAndCameras) {
  EXPECT_THAT(ErrorOf([&] { Open(",boxes=labelled"); }).what(), HasSubstr("labeled"));
  Put(root(), "cuhk03-np/detected/query/0002_c0_1.png");
  EXPECT_THAT(ErrorOf([&] { Open(); }).what(), HasSubstr("camera c0"));
  std::filesystem::remove_all(root() + "/cuhk03-np/detected/query");
  EXPECT_THAT(ErrorOf([&] { Open(); }).what(), HasSubstr("no folder"));
  std::filesystem::remove_all(root() + "/cuhk03-np/detected");
  const Error error = ErrorOf([&] { Open(); });
  EXPECT_EQ(error.code(), ErrorCode::kMissing);
  EXPECT_THAT(error.what(), HasSubstr("cuhk03-np/detected"));
}

// What scripts/convert_mat leaves of a cuhk-03.mat; the script has a test of its own.
class Cuhk03Folder : public Miniature {
 protected:
  Cuhk03Folder() : Miniature("cuhk03") {}
  void SetUp() override {
    for (const char* name : {"1_001_1_01", "1_001_2_06", "1_002_1_01", "1_002_2_06", "5_001_1_01"})
      Put(root(), std::string("images_detected/") + name + ".png");
    const std::string head = "path,identity,camera,split\n";
    Put(root(), "new_detected.csv",
        head +
            "images_detected/1_001_1_01.png,1,1,train\nimages_detected/1_002_1_01.png,2,1,query\n"
            "images_detected/1_002_2_06.png,2,2,gallery\n");
    std::string classic = head + "images_detected/5_001_1_01.png,5_001,1,train\n";
    for (const char* split : {"query", "gallery"}) {
      classic += std::string("images_detected/1_001_1_01.png,1_001,1,") + split +
                 "\nimages_detected/1_001_2_06.png,1_001,2," + split + "\n";
    }
    Put(root(), "classic_detected_03.csv", classic);
  }
};

TEST_F(Cuhk03Folder, ReadsTheListOfTheProtocol) {
  const auto data = Open();
  EXPECT_EQ(data->reader(), "cuhk03");
  EXPECT_THAT(Names(*data, Split::kQuery), ElementsAre("images_detected/1_002_1_01.png"));
  EXPECT_THAT(data->report().differences, Contains("query images: 1 found, 1400 published"));
  const auto classic = Open(",protocol=classic,split=3");
  EXPECT_EQ(classic->images(Split::kQuery).size(), 2U);
  EXPECT_EQ(Names(*classic, Split::kQuery), Names(*classic, Split::kGallery))
      << "every image of the test people queries all others";
  EXPECT_EQ(classic->report().queries_without_match, 0U);
  EXPECT_THAT(classic->report().differences,
              ElementsAre("training identities: 1 found, 1367 published",
                          "query identities: 1 found, 100 published",
                          "gallery identities: 1 found, 100 published"));
}

TEST_F(Cuhk03Folder, SaysWhatToRunWhereTheListIsMissing) {
  Put(root(), "cuhk-03.mat", "");
  const Error error = ErrorOf([&] { Open(",boxes=labeled"); });
  EXPECT_EQ(error.code(), ErrorCode::kMissing);
  EXPECT_THAT(error.what(), HasSubstr("new_labeled.csv"));
  EXPECT_THAT(error.text().hint, HasSubstr("./scripts/convert_mat cuhk03 " + root()));
  EXPECT_THAT(ErrorOf([&] { Open(",protocol=classic"); }).what(),
              HasSubstr("classic_detected_00.csv"));
  EXPECT_THAT(ErrorOf([&] { Open(",protocol=classic,split=20"); }).what(),
              HasSubstr("from 0 to 19"));
  EXPECT_THAT(ErrorOf([&] { Open(",split=2"); }).what(), HasSubstr("protocol=classic"));
}

TEST_F(Cuhk03Folder, NamesAMissingImage) {
  std::filesystem::remove(root() + "/images_detected/1_002_1_01.png");
  const Error error = ErrorOf([&] { Open(); });
  EXPECT_EQ(error.code(), ErrorCode::kMissing);
  EXPECT_THAT(error.what(), HasSubstr("new_detected.csv:3"));
}

class CuhkSysuFolder : public Miniature {
 protected:
  CuhkSysuFolder() : Miniature("cuhk-sysu") {}
  void SetUp() override {
    for (int box = 0; box < 4; ++box) {
      Put(root(),
          "train/00001_s" + std::to_string(box + 1) + "_000000" + std::to_string(box) + "_0.jpg");
    }
    for (const char* name : {"train/00002_s1_0000004_0.jpg", "query/05533_s900_0000000_0.jpg",
                             "gallery/05533_s901_0000000_1.jpg", "combine/00001_s1_0000000_0.jpg"})
      Put(root(), name);
  }
};

TEST_F(CuhkSysuFolder, TheSceneIsTheCamera) {
  const auto data = Open();
  EXPECT_EQ(data->images(Split::kTrain).size(), 5U);
  EXPECT_EQ(data->images(Split::kQuery).at(0).camera, "s900");
  EXPECT_EQ(data->report().queries_without_match, 0U);
  EXPECT_THAT(data->report().differences, Contains("training identities: 2 found, 5532 published"));
}

TEST_F(CuhkSysuFolder, FrequentIdentitiesAloneTrainWhereAsked) {
  const auto data = Open(",identities=four");
  EXPECT_EQ(data->images(Split::kTrain).size(), 4U);
  EXPECT_EQ(SizeOf(data->images(Split::kTrain)).identities, 1U);
  EXPECT_FALSE(data->report().published) << "nobody published counts of this choice";
  std::filesystem::remove(root() + "/train/00001_s1_0000000_0.jpg");
  EXPECT_THAT(ErrorOf([&] { Open(",identities=four"); }).what(), HasSubstr("with four images"));
}

TEST_F(CuhkSysuFolder, WholeScenesAreNoCrops) {
  for (const char* folder : {"train", "query", "gallery"}) {
    std::filesystem::remove_all(root() + "/" + folder);
    Put(root(), std::string(folder) + "/s15535.jpg");
  }
  const Error error = ErrorOf([&] { Open(); });
  EXPECT_EQ(error.code(), ErrorCode::kData);
  EXPECT_THAT(error.what(), HasSubstr("00001_s123_0000000_0.jpg"));
}

}  // namespace
}  // namespace bcr
