#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "datasets/market_layout.h"
#include "datasets/market_name.h"
#include "datasets/published.h"
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

TEST(MarketName, AcceptsTheGrammar) {
  const struct {
    const char* name;
    const char* identity;
    const char* camera;
  } kGood[] = {
      {"0002_c1s1_000451_03.jpg", "0002", "1"},
      {"-1_c1s1_000451_03.jpg", "-1", "1"},
      {"0000_c6s4_123456_00.jpg", "0000", "6"},
      {"0002_c12s1_000451_03.jpg", "0002", "12"},
      {"0002_c012s1_000451_03.jpg", "0002", "012"},
      {"1501_c1s10_0_1.JPG", "1501", "1"},
      {"7_c1s1_1_1.jpeg", "7", "1"},
      {"12345_c3s3_075694_01.Png", "12345", "3"},
  };
  for (const auto& good : kGood) {
    const std::optional<MarketName> parsed = ParseMarketName(good.name);
    ASSERT_TRUE(parsed) << good.name;
    EXPECT_EQ(parsed->identity, good.identity) << good.name;
    EXPECT_EQ(parsed->camera, good.camera) << good.name;
  }
}

TEST(MarketName, RefusesEverythingElse) {
  for (const char* bad : {"",
                          "0002",
                          "0002_c1s1_000451_03",
                          "0002_c1s1_000451_03.",
                          "0002_c1s1_000451_03.bmp",
                          "0002_c1s1_000451_03.jpg.txt",
                          "0002_c1s1_000451_03.jpg ",
                          " 0002_c1s1_000451_03.jpg",
                          "x0002_c1s1_000451_03.jpg",
                          "0002_c1s1_000451_03.jpg.jpg",
                          "0002_cs1_000451_03.jpg",
                          "0002_c1_000451_03.jpg",
                          "0002_c1s_000451_03.jpg",
                          "0002_c1s1_03.jpg",
                          "0002_c1s1__03.jpg",
                          "0002_c1s1_000451_.jpg",
                          "0002_C1s1_000451_03.jpg",
                          "_c1s1_000451_03.jpg",
                          "-2_c1s1_000451_03.jpg",
                          "-_c1s1_000451_03.jpg",
                          "-11_c1s1_000451_03.jpg",
                          "0002_c-1s1_000451_03.jpg",
                          "0005_c2_f0046985.jpg",
                          "query/0002_c1s1_000451_03.jpg",
                          "run_07_c3/0002_c1s1_000451_03.jpg"}) {
    EXPECT_FALSE(ParseMarketName(bad)) << bad;
  }
}

class MarketFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    Put(root(), "bounding_box_train/0002_c1s1_000451_03.jpg");
    Put(root(), "bounding_box_train/0002_c2s1_000451_03.jpg");
    Put(root(), "query/0001_c1s1_001051_00.jpg", "first query");
    Put(root(), "bounding_box_test/0001_c2s1_000001_01.jpg");
  }
  const std::string& root() const { return folder_.path(); }
  std::unique_ptr<Dataset> Open() const { return OpenText("market1501:" + root()); }
  std::unique_ptr<Dataset> OpenUnchecked() const {
    return OpenMarketLayout(ParseDataRef("market1501:" + root()), "market1501", 1, root(), nullptr);
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(MarketFolder, ListsTheThreeSplits) {
  const auto data = Open();
  EXPECT_EQ(data->reader(), "market1501");
  EXPECT_EQ(data->revision(), 1);
  EXPECT_EQ(data->ref().path, root());
  EXPECT_THAT(Names(*data, Split::kQuery), ElementsAre("query/0001_c1s1_001051_00.jpg"));
  EXPECT_EQ(data->images(Split::kTrain).size(), 2U);
  const ImageRecord& image = data->images(Split::kGallery).at(0);
  EXPECT_EQ(image.name, "bounding_box_test/0001_c2s1_000001_01.jpg");
  EXPECT_EQ(image.identity, "0001");
  EXPECT_EQ(image.camera, "2");
  EXPECT_EQ(data->ReadImage(Split::kQuery, 0), "first query");
}

TEST_F(MarketFolder, SortsBytewise) {
  for (const char* name : {"0010_c1s1_1_1.jpg", "002_c1s1_1_1.jpg", "1_c1s1_1_1.jpg",
                           "0010_c10s1_1_1.jpg", "0010_c1s1_1_1.JPG"}) {
    Put(root(), std::string("query/") + name);
  }
  EXPECT_THAT(Names(*Open(), Split::kQuery),
              ElementsAre("query/0001_c1s1_001051_00.jpg", "query/0010_c10s1_1_1.jpg",
                          "query/0010_c1s1_1_1.JPG", "query/0010_c1s1_1_1.jpg",
                          "query/002_c1s1_1_1.jpg", "query/1_c1s1_1_1.jpg"));
}

TEST_F(MarketFolder, AFolderAboveNeverSuppliesIdentityOrCamera) {
  TemporaryFolder above;
  const std::string nested = above.path() + "/run_07_c3s1_1_1.jpg/0007_c3";
  std::filesystem::create_directories(nested);
  std::filesystem::rename(root(), nested + "/data");
  Put(nested, "data/query/portrait.jpg");
  const auto data = OpenText("market1501:" + nested + "/data");
  ASSERT_EQ(data->images(Split::kQuery).size(), 1U);
  EXPECT_EQ(data->images(Split::kQuery)[0].identity, "0001");
  EXPECT_EQ(data->images(Split::kQuery)[0].camera, "1");
  EXPECT_THAT(data->report().unparsed, ElementsAre("query/portrait.jpg"));
}

TEST_F(MarketFolder, FindsTheVersionFolder) {
  TemporaryFolder above;
  std::filesystem::rename(root(), above.path() + "/Market-1501-v15.09.15");
  std::filesystem::create_directories(above.path() + "/gt_bbox");
  const auto data = OpenText("market1501:" + above.path());
  EXPECT_THAT(Names(*data, Split::kQuery), ElementsAre("query/0001_c1s1_001051_00.jpg"));
  std::filesystem::copy(above.path() + "/Market-1501-v15.09.15", above.path() + "/copy",
                        std::filesystem::copy_options::recursive);
  const Error error = ErrorOf([&] { OpenText("market1501:" + above.path()); });
  EXPECT_EQ(error.code(), ErrorCode::kUsage);
  EXPECT_THAT(error.what(), HasSubstr("2 datasets"));
}

TEST_F(MarketFolder, DropsJunkAndKeepsDistractors) {
  Put(root(), "bounding_box_test/-1_c1s1_000451_03.jpg");
  Put(root(), "bounding_box_test/-1_c2s1_000451_03.jpg");
  Put(root(), "bounding_box_test/0000_c1s1_000451_03.jpg");
  Put(root(), "bounding_box_test/0000_c1s1_000452_03.jpg");
  Put(root(), "bounding_box_test/0000_c1s1_000453_03.jpg");
  Put(root(), "bounding_box_train/-1_c1s1_000451_03.jpg");
  const auto data = Open();
  EXPECT_EQ(data->report().junk_dropped, 3U);
  EXPECT_EQ(data->report().distractors, 3U);
  EXPECT_EQ(data->images(Split::kTrain).size(), 2U);
  EXPECT_EQ(data->images(Split::kGallery).size(), 4U);
  for (const ImageRecord& image : data->images(Split::kGallery)) EXPECT_NE(image.identity, "-1");
}

TEST_F(MarketFolder, IdentityZeroAmongTheQueriesIsNoDistractor) {
  Put(root(), "bounding_box_test/0000_c1s1_000451_03.jpg");
  Put(root(), "query/0000_c2s1_000451_03.jpg");
  EXPECT_EQ(Open()->report().distractors, 0U);
}

TEST_F(MarketFolder, CountsNamesOutsideTheGrammarAndNamesTheFirstHundred) {
  EXPECT_EQ(Open()->report().unparsed_count, 0U);
  for (int i = 0; i < 120; ++i) Put(root(), "query/extra" + std::to_string(1000 + i) + ".jpg");
  Put(root(), "query/Thumbs.db");
  Put(root(), "query/.DS_Store");
  Put(root(), "query/._0001_c1s1_001051_00.jpg");
  const auto data = Open();
  EXPECT_EQ(data->report().unparsed_count, 120U);
  ASSERT_EQ(data->report().unparsed.size(), 100U);
  EXPECT_EQ(data->report().unparsed.front(), "query/extra1000.jpg");
  EXPECT_EQ(data->images(Split::kQuery).size(), 1U);
}

TEST_F(MarketFolder, ShowsANameThatIsNoTextInEscapes) {
  Put(root(), "query/caf\xe9\n.jpg");
  EXPECT_THAT(Open()->report().unparsed, ElementsAre("query/caf\\xe9\\x0a.jpg"));
}

TEST_F(MarketFolder, CountsSinglesAndQueriesWithoutMatch) {
  EXPECT_EQ(Open()->report().single_image_identities, 0U);
  EXPECT_EQ(Open()->report().queries_without_match, 0U);
  Put(root(), "bounding_box_train/0099_c1s1_1_1.jpg");
  Put(root(), "bounding_box_train/0098_c1s1_1_1.jpg");
  Put(root(), "query/0050_c1s1_1_1.jpg");  // not in the gallery
  Put(root(), "query/0051_c1s1_1_1.jpg");  // in the gallery from its own camera alone
  Put(root(), "bounding_box_test/0051_c1s1_2_1.jpg");
  Put(root(), "bounding_box_test/0051_c1s1_3_1.jpg");
  Put(root(), "query/0052_c1s1_1_1.jpg");  // from its own and another camera
  Put(root(), "bounding_box_test/0052_c1s1_2_1.jpg");
  Put(root(), "bounding_box_test/0052_c3s1_2_1.jpg");
  const auto data = Open();
  EXPECT_EQ(data->report().single_image_identities, 2U);
  EXPECT_EQ(data->report().queries_without_match, 2U);
}

TEST_F(MarketFolder, StatesEachDifferenceFromThePublishedCounts) {
  const auto data = Open();
  EXPECT_THAT(data->report().differences,
              ElementsAre("training identities: 1 found, 751 published",
                          "training images: 2 found, 12936 published",
                          "query identities: 1 found, 750 published",
                          "query images: 1 found, 3368 published",
                          "gallery images without junk: 1 found, 15913 published"));
  EXPECT_THAT(OpenUnchecked()->report().differences, IsEmpty());
  PublishedCounts exact;
  exact.splits[0] = {2, 1};
  exact.splits[1] = {1, 1};
  exact.splits[2] = {1, 1};
  EXPECT_THAT(OpenMarketLayout(data->ref(), "market1501", 1, root(), &exact)->report().differences,
              IsEmpty());
}

TEST_F(MarketFolder, CamerasBeyondThePublishedOnesAreTakenAndReported) {
  Put(root(), "query/0003_c6s1_1_1.jpg");
  const size_t before = Open()->report().differences.size();
  Put(root(), "query/0004_c12s1_1_1.jpg");
  Put(root(), "bounding_box_train/0004_c7s1_1_1.jpg");
  const auto data = Open();
  EXPECT_EQ(data->report().differences.size(), before + 1);
  EXPECT_EQ(data->report().differences.back(), "cameras: c12, c7 found, c1 to c6 published");
  EXPECT_EQ(data->images(Split::kQuery).back().camera, "12");
  EXPECT_THAT(OpenUnchecked()->report().differences, IsEmpty());
}

TEST_F(MarketFolder, RefusesCamerasThatNoPublishedNameHas) {
  for (const std::string camera : {"0", "01", "00", "012"}) {
    const std::string file = "bounding_box_test/0003_c" + camera + "s1_1_1.jpg";
    Put(root(), file);
    const Error error = ErrorOf([&] { Open(); });
    EXPECT_EQ(error.code(), ErrorCode::kData);
    EXPECT_EQ(error.text().where, root() + "/" + file);
    EXPECT_EQ(error.text().found, "camera c" + camera);
    EXPECT_THAT(error.text().expected, HasSubstr("0002_c1s1_000451_03.jpg"));
    EXPECT_THAT(error.text().hint, HasSubstr("csv:"));
    std::filesystem::remove(root() + "/" + file);
  }
  Put(root(), "bounding_box_test/-1_c0s1_1_1.jpg");
  EXPECT_EQ(Open()->report().junk_dropped, 1U) << "junk is dropped, whatever its camera";
}

TEST_F(MarketFolder, HashCoversListSizesReaderAndRevision) {
  const std::string hash = Open()->hash();
  EXPECT_EQ(hash.size(), 32U);
  EXPECT_EQ(Open()->hash(), hash);
  EXPECT_EQ(OpenUnchecked()->hash(), hash);
  EXPECT_NE(OpenMarketLayout({}, "market1501", 2, root(), nullptr)->hash(), hash);
  EXPECT_NE(OpenMarketLayout({}, "other", 1, root(), nullptr)->hash(), hash);

  Put(root(), "query/notes.txt");
  EXPECT_EQ(Open()->hash(), hash) << "what is not listed does not count";
  Put(root(), "query/0001_c1s1_001051_00.jpg", "first query, longer");
  EXPECT_NE(Open()->hash(), hash);
  Put(root(), "query/0001_c1s1_001051_00.jpg", "first query");
  EXPECT_EQ(Open()->hash(), hash);
  std::filesystem::rename(root() + "/query/0001_c1s1_001051_00.jpg",
                          root() + "/query/0001_c3s1_001051_00.jpg");
  EXPECT_NE(Open()->hash(), hash);
}

TEST_F(MarketFolder, HashDoesNotDependOnTheFolderAbove) {
  const std::string hash = Open()->hash();
  TemporaryFolder elsewhere;
  std::filesystem::copy(root(), elsewhere.path() + "/x", std::filesystem::copy_options::recursive);
  EXPECT_EQ(OpenText("market1501:" + elsewhere.path())->hash(), hash);
}

TEST_F(MarketFolder, NamesAMissingRootOrSubFolder) {
  const std::string absent = root() + "/absent";
  const Error no_root = ErrorOf([&] { OpenMarketLayout({}, "market1501", 1, absent, nullptr); });
  EXPECT_EQ(no_root.code(), ErrorCode::kMissing);
  EXPECT_THAT(no_root.what(), HasSubstr(absent));
  EXPECT_THAT(no_root.what(), HasSubstr("bounding_box_train/"));

  std::filesystem::remove_all(root() + "/query");
  const Error no_query = ErrorOf([&] { Open(); });
  EXPECT_EQ(no_query.code(), ErrorCode::kMissing);
  EXPECT_THAT(no_query.text().found, HasSubstr(root() + "/query"));
  EXPECT_THAT(no_query.what(), HasSubstr("bounding_box_test/"));
}

TEST_F(MarketFolder, NamesTheMissingFolderInsideTheVersionFolder) {
  TemporaryFolder above;
  std::filesystem::rename(root(), above.path() + "/Market-1501-v15.09.15");
  std::filesystem::remove_all(above.path() + "/Market-1501-v15.09.15/bounding_box_test");
  const Error error = ErrorOf([&] { OpenText("market1501:" + above.path()); });
  EXPECT_EQ(error.code(), ErrorCode::kMissing);
  EXPECT_THAT(error.text().found, HasSubstr("Market-1501-v15.09.15/bounding_box_test"));
}

TEST_F(MarketFolder, RefusesAnEmptySplit) {
  for (const char* folder : {"/bounding_box_train", "/query", "/bounding_box_test"}) {
    TemporaryFolder copy;
    const std::string base = copy.path() + "/m";
    std::filesystem::copy(root(), base, std::filesystem::copy_options::recursive);
    std::filesystem::remove_all(base + folder);
    Put(base + folder, "image.jpg");
    const Error error = ErrorOf([&] { OpenText("market1501:" + base); });
    EXPECT_EQ(error.code(), ErrorCode::kData);
    EXPECT_THAT(error.text().where, HasSubstr(folder));
    EXPECT_THAT(error.what(), HasSubstr("image.jpg"));
  }
}

TEST_F(MarketFolder, ReadingAVanishedImageNamesIt) {
  const auto data = Open();
  std::filesystem::remove(root() + "/query/0001_c1s1_001051_00.jpg");
  const Error error = ErrorOf([&] { data->ReadImage(Split::kQuery, 0); });
  EXPECT_EQ(error.code(), ErrorCode::kMissing);
  EXPECT_THAT(error.what(), HasSubstr("0001_c1s1_001051_00.jpg"));
}

TEST(Market, RefusesAnOptionAndSuggestsAReader) {
  const Error option = ErrorOf([] { OpenText("market1501:/,camera=2"); });
  EXPECT_EQ(option.code(), ErrorCode::kUsage);
  EXPECT_THAT(option.what(), HasSubstr("camera"));
  const Error name = ErrorOf([] { OpenText("market1051:/"); });
  EXPECT_EQ(name.code(), ErrorCode::kUsage);
  EXPECT_THAT(name.what(), HasSubstr("market1501"));
}

// Set BCR_MARKET1501 to the unpacked dataset to run this.
TEST(Market, TheReleasedFolderHasThePublishedCounts) {
  const char* root = std::getenv("BCR_MARKET1501");
  if (root == nullptr) GTEST_SKIP() << "BCR_MARKET1501 does not name a Market-1501 folder";
  const auto data = OpenText(std::string("market1501:") + root);
  EXPECT_THAT(data->report().differences, IsEmpty());
  EXPECT_EQ(data->report().queries_without_match, 0U);
}

TEST(Published, Market1501) {
  const PublishedCounts counts = LoadPublished("market1501");
  EXPECT_EQ(counts.of(Split::kTrain).identities, 751U);
  EXPECT_EQ(counts.of(Split::kGallery).images, 15913U);
  EXPECT_FALSE(counts.of(Split::kGallery).identities);
  EXPECT_THAT(counts.source, HasSubstr("ICCV 2015"));
}

}  // namespace
}  // namespace bcr
