#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <thread>

#include "datasets/omniglot_layout.h"
#include "tests/unit/datasets/fixtures.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using testing::ErrorOf;
using ::testing::HasSubstr;
using testing::Names;
using testing::OpenText;
using testing::Put;
using ::testing::StartsWith;
using testing::WriteZip;

TEST(OmniglotPath, ReadsTheLastThreeComponents) {
  const auto name = ParseOmniglotPath("images_background_small1/Greek/character07/0400_12.png");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->alphabet, "Greek");
  EXPECT_EQ(name->character, "character07");
  EXPECT_EQ(name->drawer, "12");
  EXPECT_EQ(name->file, "0400_12.png");
  EXPECT_TRUE(ParseOmniglotPath("Japanese_(katakana)/character01/0001_01.png"));
  EXPECT_EQ(ParseOmniglotPath("Latin/character01/Greek/character02/1_20.png")->alphabet, "Greek");
}

TEST(OmniglotPath, RefusesEverythingElse) {
  for (const char* bad : {"",
                          "0400_12.png",
                          "character07/0400_12.png",
                          "/character07/0400_12.png",
                          "Greek/character/0400_12.png",
                          "Greek/char07/0400_12.png",
                          "Greek/character07x/0400_12.png",
                          "Greek/character07/0400_00.png",
                          "Greek/character07/0400_21.png",
                          "Greek/character07/0400_1.png",
                          "Greek/character07/0400_001.png",
                          "Greek/character07/0400_12.jpg",
                          "Greek/character07/_12.png",
                          "Greek/character07/0400-12.png",
                          "Greek/character07/0400_12.png.bak",
                          "Greek/character07/0400_",
                          "../character07/0400_12.png",
                          "Gr\xe9"
                          "ek/character07/0400_12.png",
                          "Greek/character07/x/0400_12.png",
                          "../../Greek/character07/0400_12.png",
                          "a/../../Greek/character07/0400_12.png",
                          "/Greek/character07/0400_12.png"}) {
    EXPECT_FALSE(ParseOmniglotPath(bad)) << bad;
  }
}

// Two alphabets of the archive's layout: 4 and 3 characters, 20 drawers each.
std::map<std::string, std::string> Miniature() {
  std::map<std::string, std::string> files;
  int number = 1;
  for (const auto& [alphabet, characters] :
       {std::pair("Greek", 4), std::pair("Early_Aramaic", 3)}) {
    for (int character = 1; character <= characters; ++character, ++number) {
      for (int drawer = 1; drawer <= 20; ++drawer) {
        const std::string name = fmt::format("mini/{}/character{:02}/{:04}_{:02}.png", alphabet,
                                             character, number, drawer);
        files[name] = "drawing " + name + std::string(static_cast<size_t>(drawer), '.');
      }
    }
  }
  return files;
}

class OmniglotMiniature : public ::testing::Test {
 protected:
  void SetUp() override {
    auto files = Miniature();
    for (const auto& [name, content] : files) Put(folder(), name, content);
    files["mini/"] = "";
    files["mini/Greek/"] = "";
    WriteZip(archive(), files);
  }
  std::string folder() const { return temporary_.path() + "/unpacked"; }
  std::string archive() const { return temporary_.path() + "/mini.zip"; }

 private:
  TemporaryFolder temporary_;
};

TEST_F(OmniglotMiniature, SplitsCharactersAndDrawers) {
  const auto data = OpenText("omniglot:" + archive());
  // Greek: 2 of 4 characters train; Early_Aramaic: 1 of 3 (rounded down).
  EXPECT_EQ(data->images(Split::kTrain).size(), 3U * 20);
  EXPECT_EQ(data->images(Split::kQuery).size(), 4U * 4);
  EXPECT_EQ(data->images(Split::kGallery).size(), 4U * 16);
  std::set<std::string> train;
  for (const ImageRecord& image : data->images(Split::kTrain)) train.insert(image.identity);
  EXPECT_THAT(train,
              ElementsAre("Early_Aramaic/character01", "Greek/character01", "Greek/character02"));
  std::set<std::string> query_cameras;
  std::set<std::string> gallery_cameras;
  for (const ImageRecord& image : data->images(Split::kQuery)) {
    query_cameras.insert(image.camera);
    EXPECT_FALSE(train.contains(image.identity)) << image.identity;
  }
  for (const ImageRecord& image : data->images(Split::kGallery)) {
    gallery_cameras.insert(image.camera);
    EXPECT_FALSE(train.contains(image.identity)) << image.identity;
  }
  EXPECT_THAT(query_cameras, ElementsAre("01", "02", "03", "04"));
  EXPECT_EQ(gallery_cameras.size(), 16U);
  EXPECT_EQ(*gallery_cameras.begin(), "05");
  EXPECT_EQ(data->report().queries_without_match, 0U);
  EXPECT_EQ(data->report().single_image_identities, 0U);
  EXPECT_EQ(data->report().unparsed_count, 0U);
  EXPECT_EQ(Names(*data, Split::kQuery).front(), "Early_Aramaic/character02/0006_01.png");
}

TEST_F(OmniglotMiniature, FolderAndArchiveAreTheSameData) {
  const auto zipped = OpenText("omniglot:" + archive());
  const auto unpacked = OpenText("omniglot:" + folder());
  EXPECT_EQ(zipped->hash(), unpacked->hash());
  for (Split split : {Split::kTrain, Split::kQuery, Split::kGallery}) {
    ASSERT_EQ(Names(*zipped, split), Names(*unpacked, split));
    for (size_t row = 0; row < zipped->images(split).size(); ++row) {
      ASSERT_EQ(zipped->ReadImage(split, row), unpacked->ReadImage(split, row));
    }
  }
  EXPECT_THAT(zipped->ReadImage(Split::kTrain, 0),
              StartsWith("drawing mini/Early_Aramaic/character01/0005_01.png"));
  EXPECT_EQ(OpenText("omniglot:" + folder() + "/mini")->hash(), zipped->hash());
}

TEST_F(OmniglotMiniature, ReadsTheArchiveFromSeveralThreads) {
  const auto data = OpenText("omniglot:" + archive());
  const auto expected = OpenText("omniglot:" + folder());
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (size_t row = 0; row < data->images(Split::kGallery).size(); ++row) {
        if (data->ReadImage(Split::kGallery, row) != expected->ReadImage(Split::kGallery, row))
          ++wrong[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ElementsAre(0, 0, 0, 0));
}

TEST_F(OmniglotMiniature, ChoosesAlphabets) {
  const auto greek = OpenText("omniglot:" + archive() + ",alphabets=Greek");
  EXPECT_EQ(greek->images(Split::kTrain).size(), 40U);
  for (const ImageRecord& image : greek->images(Split::kTrain))
    EXPECT_THAT(image.identity, StartsWith("Greek/"));
  const auto both = OpenText("omniglot:" + archive() + ",alphabets=Greek+Early_Aramaic");
  EXPECT_EQ(both->hash(), OpenText("omniglot:" + archive())->hash());
  EXPECT_NE(both->hash(), greek->hash());
}

TEST_F(OmniglotMiniature, RefusesAnUnknownAlphabetOrOption) {
  const Error typo =
      ErrorOf([&] { OpenText("omniglot:" + archive() + ",alphabets=Greek+Early_Aramiac"); });
  EXPECT_EQ(typo.code(), ErrorCode::kUsage);
  EXPECT_THAT(typo.what(), HasSubstr("Did you mean `Early_Aramaic`?"));
  EXPECT_THAT(typo.what(), HasSubstr("Early_Aramaic, Greek"));
  const Error far = ErrorOf([&] { OpenText("omniglot:" + archive() + ",alphabets=Klingon"); });
  EXPECT_EQ(far.code(), ErrorCode::kUsage);
  EXPECT_THAT(far.what(), HasSubstr("Early_Aramaic, Greek"));
  const Error gap = ErrorOf([&] { OpenText("omniglot:" + archive() + ",alphabets=Greek+"); });
  EXPECT_EQ(gap.code(), ErrorCode::kUsage);
  const Error option = ErrorOf([&] { OpenText("omniglot:" + archive() + ",alphabet=Greek"); });
  EXPECT_EQ(option.code(), ErrorCode::kUsage);
  EXPECT_THAT(option.what(), HasSubstr("did you mean `alphabets`?"));
}

TEST_F(OmniglotMiniature, CountsOtherFiles) {
  Put(folder(), "mini/LICENSE");
  Put(folder(), "mini/Greek/character01/0001_21.png");
  Put(folder(), "mini/Greek/character01/Thumbs.db");
  Put(folder(), "mini/.DS_Store");
  const auto data = OpenText("omniglot:" + folder());
  EXPECT_THAT(data->report().unparsed,
              ElementsAre("mini/Greek/character01/0001_21.png", "mini/LICENSE"));
  EXPECT_EQ(data->report().unparsed_count, 2U);
  EXPECT_EQ(data->hash(), OpenText("omniglot:" + archive())->hash());
}

TEST_F(OmniglotMiniature, RefusesADrawingThatIsThereTwice) {
  Put(folder(), "copy/Greek/character01/0001_01.png");
  const Error error = ErrorOf([&] { OpenText("omniglot:" + folder()); });
  EXPECT_EQ(error.code(), ErrorCode::kData);
  EXPECT_THAT(error.what(), HasSubstr("copy/Greek/character01/0001_01.png"));
  EXPECT_THAT(error.what(), HasSubstr("mini/Greek/character01/0001_01.png"));
}

TEST_F(OmniglotMiniature, RefusesWhatIsNoArchiveOrEmpty) {
  EXPECT_EQ(ErrorOf([&] { OpenText("omniglot:" + archive() + "x"); }).code(), ErrorCode::kMissing);

  const std::string text = folder() + "/text.zip";
  Put(folder(), "text.zip", "this is no archive");
  const Error no_archive = ErrorOf([&] { OpenText("omniglot:" + text); });
  EXPECT_EQ(no_archive.code(), ErrorCode::kData);
  EXPECT_THAT(no_archive.what(), HasSubstr(text));

  const std::string bytes = ReadFile(archive());
  Put(folder(), "cut.zip", bytes.substr(0, bytes.size() / 2));
  EXPECT_EQ(ErrorOf([&] { OpenText("omniglot:" + folder() + "/cut.zip"); }).code(),
            ErrorCode::kData);

  WriteZip(folder() + "/other.zip", {{"readme.txt", "nothing to see"}});
  const Error no_drawing = ErrorOf([&] { OpenText("omniglot:" + folder() + "/other.zip"); });
  EXPECT_EQ(no_drawing.code(), ErrorCode::kData);
  EXPECT_THAT(no_drawing.what(), HasSubstr("character01"));
}

TEST_F(OmniglotMiniature, ADamagedEntryNamesArchiveAndEntry) {
  // Stored without compression, so that one changed byte fails the checksum and nothing else.
  WriteZip(folder() + "/damaged.zip", Miniature(), testing::Packing::kStored);
  std::string bytes = ReadFile(folder() + "/damaged.zip");
  const size_t at = bytes.find("drawing mini/Early_Aramaic/character01/0005_01.png");
  ASSERT_NE(at, std::string::npos);
  bytes[at] ^= 1;
  Put(folder(), "damaged.zip", bytes);
  const auto data = OpenText("omniglot:" + folder() + "/damaged.zip");
  const Error error = ErrorOf([&] { data->ReadImage(Split::kTrain, 0); });
  EXPECT_EQ(error.code(), ErrorCode::kData);
  EXPECT_THAT(error.what(), HasSubstr("damaged.zip: mini/Early_Aramaic/character01/0005_01.png"));
  EXPECT_NO_THROW(data->ReadImage(Split::kTrain, 1));
}

// Set BCR_OMNIGLOT to images_background_small1.zip (github.com/brendenlake/omniglot) to run this.
TEST(Omniglot, TheReleasedArchive) {
  const char* path = std::getenv("BCR_OMNIGLOT");
  if (path == nullptr) GTEST_SKIP() << "BCR_OMNIGLOT does not name images_background_small1.zip";
  const auto data = OpenText(std::string("omniglot:") + path);
  EXPECT_EQ(data->images(Split::kTrain).size(), 68U * 20);
  EXPECT_EQ(data->images(Split::kQuery).size(), 68U * 4);
  EXPECT_EQ(data->images(Split::kGallery).size(), 68U * 16);
  EXPECT_EQ(data->report().unparsed_count, 0U);
  EXPECT_EQ(data->report().queries_without_match, 0U);
  EXPECT_THAT(data->ReadImage(Split::kQuery, 0), StartsWith("\x89PNG"));
}

}  // namespace
}  // namespace bcr
