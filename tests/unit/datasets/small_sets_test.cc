// The readers `viper`, `prid2011`, `grid` and `mpdd` on miniatures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

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

std::set<std::string> Identities(const Dataset& data, Split split) {
  std::set<std::string> identities;
  for (const ImageRecord& image : data.images(split)) identities.insert(image.identity);
  return identities;
}

class ViperFolder : public Miniature {
 protected:
  ViperFolder() : Miniature("viper") {}
  void SetUp() override {
    for (const char* person : {"000", "001", "005", "006", "007", "009"}) {
      Put(root(), std::string("VIPeR/cam_a/") + person + "_0.bmp");
      Put(root(), std::string("VIPeR/cam_b/") + person + "_90.bmp");
    }
  }
};

TEST_F(ViperFolder, HalfOfThePeopleTrainAndCameraAQueries) {
  const auto data = Open();
  EXPECT_EQ(data->images(Split::kTrain).size(), 6U);
  EXPECT_EQ(data->images(Split::kQuery).size(), 3U);
  for (const ImageRecord& query : data->images(Split::kQuery)) {
    EXPECT_EQ(query.camera, "a");
    EXPECT_THAT(query.name, StartsWith("cam_a/"));
  }
  EXPECT_EQ(Identities(*data, Split::kQuery), Identities(*data, Split::kGallery));
  EXPECT_EQ(data->report().queries_without_match, 0U);
  EXPECT_THAT(data->report().differences, Contains("query images: 3 found, 316 published"));
}

TEST_F(ViperFolder, OddSplitsAreTheSamePeopleWithTheCamerasSwapped) {
  const auto even = Open(",split=4"), odd = Open(",split=5");
  EXPECT_EQ(Names(*even, Split::kTrain), Names(*odd, Split::kTrain));
  EXPECT_EQ(Names(*even, Split::kQuery), Names(*odd, Split::kGallery));
  std::set<std::set<std::string>> halves;
  for (int split = 0; split < 20; split += 2)
    halves.insert(Identities(*Open(",split=" + std::to_string(split)), Split::kTrain));
  EXPECT_GE(halves.size(), 4U) << "of twenty possible halves, ten are drawn";
  EXPECT_THAT(ErrorOf([&] { Open(",split=20"); }).what(), HasSubstr("from 0 to 19"));
}

TEST_F(ViperFolder, PairsGoByPlaceAndDisagreementsAreTold) {
  std::filesystem::rename(root() + "/VIPeR/cam_b/009_90.bmp", root() + "/VIPeR/cam_b/010_90.bmp");
  const auto data = Open();
  EXPECT_THAT(data->report().differences, Contains("pairs with two numbers of persons: 1"));
  EXPECT_EQ(Identities(*data, Split::kQuery), Identities(*data, Split::kGallery));
  std::filesystem::remove(root() + "/VIPeR/cam_b/010_90.bmp");
  const Error error = ErrorOf([&] { Open(); });
  EXPECT_EQ(error.code(), ErrorCode::kData);
  EXPECT_THAT(error.what(), HasSubstr("6 images in cam_a/ and 5 in cam_b/"));
}

TEST_F(ViperFolder, RefusesAPersonTwiceAndMissingFolders) {
  Put(root(), "VIPeR/cam_a/000_45.bmp");
  EXPECT_THAT(ErrorOf([&] { Open(); }).what(), HasSubstr("a second image of 000"));
  std::filesystem::remove_all(root() + "/VIPeR/cam_b");
  EXPECT_EQ(ErrorOf([&] { Open(); }).code(), ErrorCode::kMissing);
}

// Four people in both cameras; 0201 and 0202 are other people in each.
class PridFolder : public Miniature {
 protected:
  PridFolder() : Miniature("prid2011") {}
  void SetUp() override {
    for (const char* person : {"0001", "0002", "0003", "0200"}) {
      for (const char* camera : {"a", "b"}) PutPerson("single_shot", camera, person);
    }
    PutPerson("single_shot", "a", "0201");
    PutPerson("single_shot", "b", "0201");
    PutPerson("single_shot", "b", "0202");
    Put(root(), "prid_2011/multi_shot/cam_a/person_0001/0001.png");
    Put(root(), "prid_2011/multi_shot/cam_b/person_0001/0001.png");
  }
  void PutPerson(const std::string& shot, const std::string& camera, const std::string& person) {
    Put(root(), "prid_2011/" + shot + "/cam_" + camera + "/person_" + person + ".png");
  }
};

TEST_F(PridFolder, HalfOfTheSharedPeopleTrain) {
  const auto data = Open();
  EXPECT_EQ(data->images(Split::kTrain).size(), 4U);
  EXPECT_EQ(data->images(Split::kQuery).size(), 2U);
  EXPECT_EQ(data->images(Split::kGallery).size(), 4U);
  EXPECT_EQ(data->report().distractors, 2U);
  EXPECT_EQ(data->report().queries_without_match, 0U);
  EXPECT_THAT(data->report().differences, Contains("gallery images: 4 found, 649 published"));
}

TEST_F(PridFolder, NumbersAboveTwoHundredAreTwoPeople) {
  for (int split = 0; split < 10; ++split) {
    const auto data = Open(",split=" + std::to_string(split));
    EXPECT_FALSE(Identities(*data, Split::kTrain).contains("0201"));
    EXPECT_FALSE(Identities(*data, Split::kQuery).contains("0201"));
    EXPECT_TRUE(Identities(*data, Split::kGallery).contains("0201"));
  }
}

TEST_F(PridFolder, SaysWhoIsMissingAndWhatIsOutsideTheGrammar) {
  Put(root(), "prid_2011/single_shot/cam_b/person_1.png");
  EXPECT_THAT(Open()->report().unparsed, ElementsAre("single_shot/cam_b/person_1.png"));
  std::filesystem::remove(root() + "/prid_2011/single_shot/cam_b/person_0003.png");
  const Error error = ErrorOf([&] { Open(); });
  EXPECT_EQ(error.code(), ErrorCode::kData);
  EXPECT_THAT(error.text().found, HasSubstr("person_0003.png in cam_a alone"));
  std::filesystem::remove_all(root() + "/prid_2011/single_shot");
  EXPECT_THAT(ErrorOf([&] { Open(); }).what(), HasSubstr("single_shot/cam_a"));
}

// What scripts/convert_mat leaves beside the images; the script has a test of its own.
class GridFolder : public Miniature {
 protected:
  GridFolder() : Miniature("grid") {}
  void SetUp() override {
    for (const char* name :
         {"probe/0001_1_25004_107_32_106_221.jpeg", "probe/0002_3_1.jpeg", "gallery/0001_2_1.jpeg",
          "gallery/0002_4_1.jpeg", "gallery/0000_5_1.jpeg"})
      Put(root(), std::string("underground_reid/") + name);
    Put(root(), "underground_reid/split_2.csv",
        "path,identity,camera,split\nprobe/0001_1_25004_107_32_106_221.jpeg,0001,1,train\n"
        "gallery/0001_2_1.jpeg,0001,2,train\nprobe/0002_3_1.jpeg,0002,3,query\n"
        "gallery/0002_4_1.jpeg,0002,4,gallery\ngallery/0000_5_1.jpeg,0000,5,gallery\n");
  }
};

TEST_F(GridFolder, ReadsTheListOfTheSplit) {
  const auto data = Open(",split=2");
  EXPECT_EQ(data->images(Split::kTrain).size(), 2U);
  EXPECT_EQ(data->images(Split::kGallery).size(), 2U);
  EXPECT_EQ(data->report().distractors, 1U);
  EXPECT_TRUE(data->report().market_identities) << "0000 is nobody";
  EXPECT_THAT(data->report().differences,
              Contains("gallery images without junk: 2 found, 900 published"));
  EXPECT_EQ(OpenText("grid:" + root() + "/underground_reid,split=2")->hash(), data->hash());
}

TEST_F(GridFolder, SaysWhatToRunWhereTheListIsMissing) {
  const Error error = ErrorOf([&] { Open(""); });
  EXPECT_EQ(error.code(), ErrorCode::kMissing);
  EXPECT_THAT(error.what(), HasSubstr("split_0.csv"));
  EXPECT_THAT(error.text().hint, HasSubstr("./scripts/convert_mat grid"));
}

class MpddFolder : public Miniature {
 protected:
  MpddFolder() : Miniature("mpdd") {}
  void SetUp() override {
    for (const char* name :
         {"train/0_c1s1_1.jpg", "train/0_c2s1_1.jpg", "val/0_c3s1_1.jpg", "query/146_c1_s3_1.jpg",
          "gallery/146_c2s1_1.jpg", "gallery/97_c1s1_2.jpg"})
      Put(root(), std::string("Multi-pose dog dataset/MPDD/pytorch/") + name);
  }
};

TEST_F(MpddFolder, FindsTheFoldersOfTheArchiveAndTrainsOnBoth) {
  const auto data = Open();
  EXPECT_THAT(Names(*data, Split::kTrain),
              ElementsAre("train/0_c1s1_1.jpg", "train/0_c2s1_1.jpg", "val/0_c3s1_1.jpg"));
  EXPECT_EQ(data->images(Split::kTrain)[0].identity, "0");
  EXPECT_FALSE(data->report().market_identities) << "0 is a dog";
  EXPECT_EQ(data->images(Split::kQuery)[0].identity, "146") << "its name has one underscore more";
  EXPECT_EQ(data->report().queries_without_match, 0U);
  EXPECT_THAT(data->report().differences, Contains("training images: 3 found, 1032 published"));
}

TEST_F(MpddFolder, TrainsOnTheTrainingFolderAloneWhereAsked) {
  const auto data = Open(",train=train");
  EXPECT_EQ(data->images(Split::kTrain).size(), 2U);
  EXPECT_THAT(data->report().differences, Contains("training images: 2 found, 921 published"));
}

TEST_F(MpddFolder, NamesAMissingFolder) {
  std::filesystem::remove_all(root() + "/Multi-pose dog dataset/MPDD/pytorch/val");
  const Error error = ErrorOf([&] { Open(); });
  EXPECT_EQ(error.code(), ErrorCode::kMissing);
  EXPECT_THAT(error.text().found, HasSubstr("pytorch/val"));
  EXPECT_EQ(Open(",train=train")->images(Split::kTrain).size(), 2U);
}

}  // namespace
}  // namespace bcr
