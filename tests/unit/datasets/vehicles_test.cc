// The readers `veri`, `vehicleid` and `veriwild` on miniatures.
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

class VeriFolder : public Miniature {
 protected:
  VeriFolder() : Miniature("veri") {}
  void SetUp() override {
    for (const char* name :
         {"image_train/0001_c001_00016450_0.jpg", "image_train/0001_c020_00016460_0.jpg",
          "image_query/0002_c002_00030600_0.jpg", "image_test/0002_c003_00030605_1.jpg"})
      Put(root(), std::string("VeRi/") + name);
    Put(root(), "VeRi/name_query.txt", "0002_c002_00030600_0.jpg\n");
  }
};

TEST_F(VeriFolder, ListsTheThreeSplits) {
  const auto data = Open();
  EXPECT_THAT(Names(*data, Split::kQuery), ElementsAre("image_query/0002_c002_00030600_0.jpg"));
  EXPECT_EQ(data->images(Split::kGallery).at(0).camera, "003");
  EXPECT_EQ(SizeOf(data->images(Split::kTrain)).cameras, 2U);
  EXPECT_EQ(data->report().queries_without_match, 0U);
  EXPECT_THAT(data->report().differences, ElementsAre("training identities: 1 found, 576 published",
                                                      "training images: 2 found, 37778 published",
                                                      "query identities: 1 found, 200 published",
                                                      "query images: 1 found, 1678 published",
                                                      "gallery identities: 1 found, 200 published",
                                                      "gallery images: 1 found, 11579 published"));
}

TEST_F(VeriFolder, CamerasHaveThreeDigits) {
  Put(root(), "VeRi/image_test/0002_c021_00030605_1.jpg");
  EXPECT_EQ(Open()->report().differences.back(), "cameras: c021 found, c1 to c20 published");
  for (const std::string camera : {"2", "0002", "000"}) {
    const std::string file = "VeRi/image_test/0002_c" + camera + "_00030605_1.jpg";
    Put(root(), file);
    const Error error = ErrorOf([&] { Open(); });
    EXPECT_EQ(error.code(), ErrorCode::kData);
    EXPECT_THAT(error.what(), HasSubstr("camera c" + camera));
    EXPECT_THAT(error.what(), HasSubstr("in three digits"));
    std::filesystem::remove(root() + "/" + file);
  }
}

TEST_F(VeriFolder, NamesMissingFolders) {
  std::filesystem::remove_all(root() + "/VeRi/image_query");
  EXPECT_THAT(ErrorOf([&] { Open(); }).what(),
              HasSubstr("no folder " + root() + "/VeRi/image_query"));
}

// Three vehicles in training, two in the test of 800.
class VehicleIdFolder : public Miniature {
 protected:
  VehicleIdFolder() : Miniature("vehicleid") {}
  void SetUp() override {
    PutList("train_list.txt", {"0000001 1", "0000002 1", "0000003 2", "0000004 3"});
    PutList("test_list_800.txt", {"0000011 7", "0000012 7", "0000013 7", "0000014 8", "0000015 8"});
  }
  void PutList(const std::string& name, const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
      text += line + "\n";
      Put(root(), "image/" + line.substr(0, line.find(' ')) + ".jpg", line);
    }
    Put(root(), "train_test_split/" + name, text);
  }
};

TEST_F(VehicleIdFolder, OneDrawnImageOfEachVehicleIsTheGallery) {
  const auto data = Open();
  EXPECT_EQ(data->images(Split::kTrain).size(), 4U);
  const SplitSize gallery = SizeOf(data->images(Split::kGallery));
  EXPECT_EQ(gallery.images, 2U);
  EXPECT_EQ(gallery.identities, 2U);
  EXPECT_EQ(data->images(Split::kQuery).size(), 3U);
  EXPECT_EQ(data->report().queries_without_match, 0U);
  EXPECT_THAT(data->images(Split::kQuery).at(0).name, StartsWith("image/00000"));
}

TEST_F(VehicleIdFolder, DrawAndSeedDecideWhich) {
  const std::string hash = Open()->hash();
  EXPECT_EQ(Open(",draw=0,seed=1")->hash(), hash);
  size_t others = 0;
  for (int draw = 1; draw < 10; ++draw)
    others += Open(",draw=" + std::to_string(draw))->hash() != hash ? 1 : 0;
  EXPECT_GE(others, 5U) << "six galleries are possible, each as likely as the others";
  EXPECT_THAT(ErrorOf([&] { Open(",draw=10"); }).what(), HasSubstr("from 0 to 9"));
}

TEST_F(VehicleIdFolder, TheOrderOfTheListDecidesNothing) {
  const std::string hash = Open()->hash();
  PutList("test_list_800.txt", {"0000015 8", "0000013 7", "0000012 7", "0000014 8", "0000011 7"});
  EXPECT_EQ(Open()->hash(), hash);
}

TEST_F(VehicleIdFolder, ComparesWithTheCountsOfTheTest) {
  EXPECT_THAT(Open()->report().differences, Contains("query images: 3 found, 5693 published"));
  PutList("test_list_1600.txt", {"0000011 7", "0000012 7"});
  EXPECT_THAT(Open(",test=1600")->report().differences,
              Contains("query images: 1 found, 11777 published"));
}

TEST_F(VehicleIdFolder, NamesWrongLinesMissingImagesAndLists) {
  PutList("train_list.txt", {"0000001 1", "0000002"});
  EXPECT_THAT(ErrorOf([&] { Open(); }).what(),
              HasSubstr("train_list.txt:2: found line 2: `0000002`"));
  Put(root(), "train_test_split/train_list.txt", "a/0000001 1\n");
  EXPECT_EQ(ErrorOf([&] { Open(); }).code(), ErrorCode::kData);
  Put(root(), "train_test_split/train_list.txt", "0000099 1\n");
  const Error image = ErrorOf([&] { Open(); });
  EXPECT_EQ(image.code(), ErrorCode::kMissing);
  EXPECT_THAT(image.what(), HasSubstr("image/0000099.jpg"));
  EXPECT_THAT(ErrorOf([&] { Open(",test=2400"); }).what(), HasSubstr("test_list_2400.txt"));
  EXPECT_THAT(ErrorOf([&] { Open(",test=900"); }).what(), HasSubstr("one of 800, 1600"));
}

class VeriWildFolder : public Miniature {
 protected:
  VeriWildFolder() : Miniature("veriwild") {}
  void SetUp() override {
    Put(root(), "train_test_split/train_list.txt", "00001/000001\n00001/000002\n");
    Put(root(), "train_test_split/test_3000_query.txt", "00002/000003\n");
    Put(root(), "train_test_split/test_3000.txt", "00002/000004.jpg\n00002/000005\n");
    Put(root(), "train_test_split/vehicle_info.txt",
        "id/image;Camera ID;Time;Model;Type;Color\n00001/000001;62;a;b;c;d\n00001/000002;100;a\n"
        "00002/000003;62;a\n00002/000004;62;a\n00002/000005;7;a\n");
    for (const char* name :
         {"00001/000001", "00001/000002", "00002/000003", "00002/000004", "00002/000005"})
      Put(root(), std::string("images/") + name + ".jpg");
  }
};

TEST_F(VeriWildFolder, CamerasComeFromTheListOfVehicles) {
  const auto data = Open();
  EXPECT_THAT(Names(*data, Split::kGallery),
              ElementsAre("images/00002/000004.jpg", "images/00002/000005.jpg"));
  EXPECT_EQ(data->images(Split::kTrain).at(1).camera, "100");
  EXPECT_EQ(data->images(Split::kQuery).at(0).identity, "00002");
  EXPECT_EQ(data->report().queries_without_match, 0U);
  EXPECT_THAT(data->report().differences, Contains("gallery images: 2 found, 38861 published"));
}

TEST_F(VeriWildFolder, NamesWrongLinesAndImagesWithoutCamera) {
  Put(root(), "train_test_split/test_3000_query.txt", "00002/000003\n00002/000099\n");
  const Error camera = ErrorOf([&] { Open(); });
  EXPECT_EQ(camera.code(), ErrorCode::kData);
  EXPECT_THAT(camera.what(), HasSubstr("00002/000099 has no camera"));
  Put(root(), "train_test_split/test_3000_query.txt", "000003\n");
  EXPECT_THAT(ErrorOf([&] { Open(); }).what(), HasSubstr("test_3000_query.txt:1"));
  Put(root(), "train_test_split/vehicle_info.txt", "id/image;Camera ID\n00001/000001;x;a\n");
  EXPECT_THAT(ErrorOf([&] { Open(); }).what(), HasSubstr("vehicle_info.txt:2"));
}

TEST_F(VeriWildFolder, NamesMissingImagesAndLists) {
  std::filesystem::remove(root() + "/images/00002/000005.jpg");
  EXPECT_THAT(ErrorOf([&] { Open(); }).what(), HasSubstr("test_3000.txt:2"));
  EXPECT_THAT(ErrorOf([&] { Open(",test=5000"); }).what(), HasSubstr("test_5000_query.txt"));
}

}  // namespace
}  // namespace bcr
