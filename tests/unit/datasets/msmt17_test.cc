// The reader `msmt17` on a miniature of both versions' layout.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "datasets/msmt_name.h"
#include "datasets/published.h"
#include "tests/unit/datasets/fixtures.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using testing::ErrorOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Miniature;
using testing::Names;
using testing::OpenText;
using testing::Put;

TEST(MsmtName, ReadsTheCameraOfTheGrammar) {
  EXPECT_EQ(ParseMsmtCamera("0000_000_01_0303morning_0015_0.jpg"), "01");
  EXPECT_EQ(ParseMsmtCamera("3059_012_15_0303noon_0015_0_ex.JPG"), "15");
  EXPECT_EQ(ParseMsmtCamera("0000_000_00_0303morning_0015_0.jpg"), "00");
}

TEST(MsmtName, RefusesEverythingElse) {
  for (const char* bad :
       {"", "0000_000_1_0303morning_0015_0.jpg", "0000_000_011_0303morning_0015_0.jpg",
        "0000_000_01.jpg", "0000_000_01_.jpg", "0000_000_01_a.bmp", "_000_01_a.jpg",
        "0000_01_0303morning_0015_0.jpg", "x000_000_01_a.jpg", "0002_c1s1_000451_03.jpg"}) {
    EXPECT_FALSE(ParseMsmtCamera(bad)) << bad;
  }
}

// Two people of the training, one of the validation list, two of the test; cameras 01, 04 and 15.
class MsmtFolder : public Miniature {
 protected:
  MsmtFolder() : Miniature("msmt17") {}
  void SetUp() override { Write("MSMT17_V1", "train", "test"); }
  void Write(const std::string& name, const std::string& train, const std::string& test) {
    const std::string folder = root() + "/" + name;
    const auto list = [&](const std::string& file, const std::string& part,
                          const std::vector<std::string>& lines) {
      std::string text;
      for (const std::string& line : lines) {
        text += line + "\n";
        Put(folder, part + "/" + line.substr(0, line.find(' ')), "image of " + line);
      }
      Put(folder, file, text);
    };
    list(
        "list_train.txt", train,
        {"0000/0000_000_01_0303morning_0015_0.jpg 0", "0000/0000_001_04_0303noon_0016_1.jpg 0",
         "0001/0001_000_15_0303morning_0015_0.jpg 1", "0001/0001_001_04_0303morning_0019_0.jpg 1"});
    list("list_val.txt", train, {"0000/0000_002_15_0113afternoon_0015_0.jpg 0"});
    list("list_query.txt", test,
         {"0000/0000_000_01_0303morning_0033_0_ex.jpg 0",
          "0001/0001_000_04_0303morning_0033_0.jpg 1"});
    list("list_gallery.txt", test,
         {"0000/0000_001_04_0303noon_0034_2.jpg 0", "0000/0000_002_15_0303noon_0034_2.jpg 0",
          "0001/0001_001_01_0303noon_0034_2.jpg 1"});
  }
  void Append(const std::string& list, const std::string& line) {
    const std::string path = root() + "/MSMT17_V1/" + list;
    Put(root(), "MSMT17_V1/" + list, ReadFile(path) + line + "\n");
  }
};

TEST_F(MsmtFolder, ListsTheThreeSplits) {
  const auto data = Open();
  EXPECT_EQ(SizeOf(data->images(Split::kTrain)).images, 4U);
  EXPECT_EQ(SizeOf(data->images(Split::kTrain)).identities, 2U);
  EXPECT_EQ(SizeOf(data->images(Split::kTrain)).cameras, 3U);
  EXPECT_EQ(data->images(Split::kGallery).size(), 3U);
  EXPECT_THAT(Names(*data, Split::kQuery),
              ElementsAre("test/0000/0000_000_01_0303morning_0033_0_ex.jpg",
                          "test/0001/0001_000_04_0303morning_0033_0.jpg"));
  const ImageRecord& image = data->images(Split::kTrain).at(2);
  EXPECT_EQ(image.name, "train/0001/0001_000_15_0303morning_0015_0.jpg");
  EXPECT_EQ(image.camera, "15");
  EXPECT_EQ(data->report().queries_without_match, 0U);
  EXPECT_EQ(data->ReadImage(Split::kTrain, 2),
            "image of 0001/0001_000_15_0303morning_0015_0.jpg 1");
}

TEST_F(MsmtFolder, TheSameNumberInTrainingAndTestIsTwoPeople) {
  const auto data = Open();
  EXPECT_EQ(data->images(Split::kTrain).front().identity, "train/0");
  EXPECT_EQ(data->images(Split::kQuery).front().identity, "test/0");
}

TEST_F(MsmtFolder, TheFolderOfTheVersionCanBeNamedToo) {
  EXPECT_EQ(OpenText("msmt17:" + root() + "/MSMT17_V1")->hash(), Open()->hash());
}

TEST_F(MsmtFolder, ValidationImagesTrainOnlyWhereAsked) {
  const auto data = Open(",train=trainval");
  EXPECT_EQ(data->images(Split::kTrain).size(), 5U);
  EXPECT_THAT(data->report().differences,
              ::testing::Contains("training images: 5 found, 32621 published"));
  const Error error = ErrorOf([&] { Open(",train=val"); });
  EXPECT_EQ(error.code(), ErrorCode::kUsage);
  EXPECT_THAT(error.what(), HasSubstr("one of train, trainval"));
}

TEST_F(MsmtFolder, VersionTwoHasTheSameNamesAndOtherFiles) {
  Write("MSMT17_V2", "mask_train_v2", "mask_test_v2");
  const Error both = ErrorOf([&] { Open(); });
  EXPECT_EQ(both.code(), ErrorCode::kUsage);
  EXPECT_THAT(both.what(), HasSubstr(",version=v2"));
  Put(root(), "MSMT17_V2/mask_test_v2/0001/0001_000_04_0303morning_0033_0.jpg", "blurred");
  const auto second = Open(",version=v2");
  EXPECT_THAT(Names(*second, Split::kQuery), Names(*Open(",version=v1"), Split::kQuery));
  EXPECT_EQ(second->ReadImage(Split::kQuery, 1), "blurred");
  EXPECT_NE(second->hash(), Open(",version=v1")->hash());
  EXPECT_EQ(OpenText("msmt17:" + root() + "/MSMT17_V2")->hash(), second->hash());
}

TEST_F(MsmtFolder, NamesTheWrongLineOfAList) {
  for (const char* line :
       {"0002/0002_000_01_0303morning_0015_0.jpg", "0002/0002_000_01_0303morning_0015_0.jpg 2 3",
        "0002/0002_000_01_0303morning_0015_0.jpg two", "0002/portrait.jpg 2",
        "../0002/0002_000_01_0303morning_0015_0.jpg 2", "/0002_000_01_0303morning_0015_0.jpg 2"}) {
    SetUp();
    Append("list_train.txt", line);
    const Error error = ErrorOf([&] { Open(); });
    EXPECT_EQ(error.code(), ErrorCode::kData);
    EXPECT_THAT(error.text().where, HasSubstr("list_train.txt:5"));
    EXPECT_THAT(error.what(), HasSubstr(line));
    EXPECT_THAT(error.text().expected, HasSubstr("0000_000_01_0303morning_0015_0.jpg 0"));
  }
}

TEST_F(MsmtFolder, RefusesAnImageTwiceAndCameraZero) {
  Append("list_gallery.txt", "0001/0001_001_01_0303noon_0034_2.jpg 1");
  EXPECT_THAT(ErrorOf([&] { Open(); }).what(), HasSubstr("is in gallery already"));
  SetUp();
  Append("list_gallery.txt", "0001/0001_001_00_0303noon_0034_2.jpg 1");
  EXPECT_THAT(ErrorOf([&] { Open(); }).what(), HasSubstr("camera 00"));
}

TEST_F(MsmtFolder, CamerasBeyondThePublishedOnesAreReported) {
  for (int camera = 1; camera <= 16; ++camera) {
    const std::string name =
        "0001/0001_009_" + std::string(camera < 10 ? "0" : "") + std::to_string(camera) + "_a.jpg";
    Put(root(), "MSMT17_V1/test/" + name);
    Append("list_gallery.txt", name + " 1");
  }
  EXPECT_EQ(Open()->report().differences.back(), "cameras: 16 found, 15 published");
}

TEST_F(MsmtFolder, NamesMissingImagesListsAndFolders) {
  std::filesystem::remove(root() + "/MSMT17_V1/test/0001/0001_001_01_0303noon_0034_2.jpg");
  const Error image = ErrorOf([&] { Open(); });
  EXPECT_EQ(image.code(), ErrorCode::kMissing);
  EXPECT_THAT(image.what(), HasSubstr("list_gallery.txt:3"));
  EXPECT_THAT(image.what(), HasSubstr("0001_001_01_0303noon_0034_2.jpg"));
  std::filesystem::remove(root() + "/MSMT17_V1/list_val.txt");
  const Error list = ErrorOf([&] { Open(); });
  EXPECT_EQ(list.code(), ErrorCode::kMissing);
  EXPECT_THAT(list.text().found, HasSubstr("no file " + root() + "/MSMT17_V1/list_val.txt"));
  std::filesystem::remove_all(root() + "/MSMT17_V1/test");
  EXPECT_THAT(ErrorOf([&] { Open(); }).text().found,
              HasSubstr("no folder " + root() + "/MSMT17_V1/test and no file"));
  const Error archive =
      ErrorOf([&] { OpenText("msmt17:" + root() + "/MSMT17_V1/list_train.txt"); });
  EXPECT_EQ(archive.code(), ErrorCode::kMissing);
  EXPECT_THAT(archive.text().found, HasSubstr("a file"));
}

TEST_F(MsmtFolder, AnEmptyListIsAnError) {
  Put(root(), "MSMT17_V1/list_query.txt", "\n\n");
  EXPECT_THAT(ErrorOf([&] { Open(); }).what(), HasSubstr("list_query.txt: found an empty list"));
}

TEST_F(MsmtFolder, StatesEachDifferenceFromThePublishedCounts) {
  EXPECT_THAT(Open()->report().differences,
              ElementsAre("training identities: 2 found, 1041 published",
                          "training images: 4 found, 30248 published",
                          "query identities: 2 found, 3060 published",
                          "query images: 2 found, 11659 published",
                          "gallery identities: 2 found, 3060 published",
                          "gallery images: 3 found, 82161 published"));
}

// 32,621 is what the paper's table counts for training: both lists together.
TEST(Published, Msmt17) {
  EXPECT_EQ(*LoadPublished("msmt17").of(Split::kTrain).images + 2373,
            *LoadPublished("msmt17-trainval").of(Split::kTrain).images);
}

// Set BCR_MSMT17 to the unpacked dataset to run this.
TEST(Msmt17, TheReleasedFolderHasThePublishedCounts) {
  const char* root = std::getenv("BCR_MSMT17");
  if (root == nullptr) GTEST_SKIP() << "BCR_MSMT17 does not name an MSMT17 folder";
  EXPECT_THAT(OpenText(std::string("msmt17:") + root)->report().differences, IsEmpty());
}

}  // namespace
}  // namespace bcr
