// The reader `folder`: identity folders, with given splits and with drawn ones.
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
using testing::Miniature;
using testing::Names;
using testing::OpenText;
using testing::Put;

class IdentityFolders : public Miniature {
 protected:
  IdentityFolders() : Miniature("folder") {}
  // Ten people, each with two images of camera 1 and one of camera 2.
  void PutPeople() {
    for (int person = 0; person < 10; ++person) {
      for (const char* image : {"_c1_a.jpg", "_c1_b.png", "_c2_a.JPG"})
        Put(root(), "person" + std::to_string(person) + "/x" + image);
    }
  }
  void PutSplits() {
    Put(root(), "train/ann/c1/a.jpg");
    Put(root(), "train/ann/c2/b.jpg");
    Put(root(), "query/ben/c1/a.jpg", "the query");
    Put(root(), "gallery/ben/c2/a.bmp");
    Put(root(), "gallery/0000/c2/b.jpg");
  }
};

TEST_F(IdentityFolders, TakesTheSplitsOfTheFolder) {
  PutSplits();
  const auto data = Open(",camera=c{camera}/*");
  EXPECT_THAT(Names(*data, Split::kTrain), ElementsAre("train/ann/c1/a.jpg", "train/ann/c2/b.jpg"));
  EXPECT_THAT(Names(*data, Split::kGallery),
              ElementsAre("gallery/0000/c2/b.jpg", "gallery/ben/c2/a.bmp"));
  const ImageRecord& query = data->images(Split::kQuery).at(0);
  EXPECT_EQ(query.identity, "ben");
  EXPECT_EQ(query.camera, "1");
  EXPECT_EQ(data->ReadImage(Split::kQuery, 0), "the query");
  EXPECT_EQ(data->report().queries_without_match, 0U);
  EXPECT_FALSE(data->report().market_identities) << "0000 is a name as any other";
  EXPECT_FALSE(data->report().published);
}

TEST_F(IdentityFolders, TrainMayBeMissing) {
  PutSplits();
  std::filesystem::remove_all(root() + "/train");
  EXPECT_TRUE(Open()->images(Split::kTrain).empty());
}

TEST_F(IdentityFolders, WithoutAPatternEveryImageIsACameraOfItsOwn) {
  PutSplits();
  const auto data = Open();
  EXPECT_EQ(data->images(Split::kQuery).at(0).camera, "query/ben/c1/a.jpg");
  EXPECT_EQ(SizeOf(data->images(Split::kGallery)).cameras, 2U);
}

TEST_F(IdentityFolders, DrawsHalfOfTheIdentitiesForTraining) {
  PutPeople();
  const auto data = Open(",camera=*_c{camera}_*");
  const SplitSize train = SizeOf(data->images(Split::kTrain));
  EXPECT_EQ(train.identities, 5U);
  EXPECT_EQ(train.images, 15U);
  // Of each test person one of the two images of camera 1; the gallery has the other two.
  EXPECT_EQ(data->images(Split::kQuery).size(), 5U);
  for (const ImageRecord& query : data->images(Split::kQuery)) EXPECT_EQ(query.camera, "1");
  EXPECT_EQ(data->images(Split::kGallery).size(), 10U);
  EXPECT_EQ(data->report().queries_without_match, 0U);
  std::set<std::string> trained, tested;
  for (const ImageRecord& image : data->images(Split::kTrain)) trained.insert(image.identity);
  for (const ImageRecord& image : data->images(Split::kGallery)) tested.insert(image.identity);
  for (const std::string& identity : tested) EXPECT_FALSE(trained.contains(identity));
}

TEST_F(IdentityFolders, TheSeedDecidesTheSplitAndNothingElse) {
  PutPeople();
  const std::string hash = Open()->hash();
  EXPECT_EQ(Open()->hash(), hash);
  EXPECT_EQ(Open(",seed=1")->hash(), hash);
  EXPECT_NE(Open(",seed=2")->hash(), hash);
  TemporaryFolder elsewhere;
  std::filesystem::copy(root(), elsewhere.path() + "/x", std::filesystem::copy_options::recursive);
  EXPECT_EQ(OpenText("folder:" + elsewhere.path() + "/x")->hash(), hash);
}

TEST_F(IdentityFolders, EveryQueryHasAMatchWhereSeveralImagesAre) {
  PutPeople();
  Put(root(), "single/x_c1_a.jpg");
  Put(root(), "onecamera/x_c1_a.jpg");
  Put(root(), "onecamera/x_c1_b.jpg");
  Put(root(), "uneven/x_c1_a.jpg");
  Put(root(), "uneven/x_c2_a.jpg");
  Put(root(), "uneven/x_c2_b.jpg");
  for (const char* options : {",train=0,camera=*_c{camera}_*", ",train=0"}) {
    const auto data = Open(options);
    EXPECT_TRUE(data->images(Split::kTrain).empty());
    EXPECT_EQ(data->report().queries_without_match, 0U) << options;
    std::set<std::string> queries;
    for (const ImageRecord& query : data->images(Split::kQuery)) queries.insert(query.identity);
    EXPECT_TRUE(queries.contains("uneven"));
    EXPECT_FALSE(queries.contains("single"));
    EXPECT_EQ(queries.contains("onecamera"), std::string(options) == ",train=0");
  }
}

TEST_F(IdentityFolders, TheSplitIsKeptWhereTheStoreMayBeWritten) {
  PutPeople();
  TemporaryFolder store;
  OpenContext context;
  context.generated_folder = store.path();
  const auto open = [&] {
    return OpenDataset(dataset_table(), ParseDataRef("folder:" + root()), context);
  };
  open();
  EXPECT_TRUE(std::filesystem::is_empty(store.path())) << "nobody gave the right to write";
  context.take = [](const std::string&) { return std::shared_ptr<void>(); };
  const auto data = open();
  const std::string text = ReadFile(store.path() + "/splits/" + data->hash() + ".csv");
  EXPECT_TRUE(text.starts_with("name,split\n"));
  EXPECT_THAT(text, HasSubstr(data->images(Split::kQuery)[0].name + ",query\n"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr(root())));
}

TEST_F(IdentityFolders, FilesThatAreNoImagesAreCounted) {
  PutPeople();
  Put(root(), "person3/notes.txt");
  Put(root(), "person3/.DS_Store");
  Put(root(), "readme.txt");
  EXPECT_THAT(Open()->report().unparsed, ElementsAre("person3/notes.txt"));
}

TEST_F(IdentityFolders, NamesImagesThatThePatternDoesNotMatch) {
  PutPeople();
  Put(root(), "person3/portrait.jpg");
  const Error error = ErrorOf([&] { Open(",camera=*_c{camera}_*"); });
  EXPECT_EQ(error.code(), ErrorCode::kData);
  EXPECT_THAT(error.what(), HasSubstr("person3/portrait.jpg"));
  EXPECT_THAT(ErrorOf([&] { Open(",camera=*_c*"); }).what(), HasSubstr("0 times {camera}"));
}

TEST_F(IdentityFolders, RefusesHalfSplitsAndBothLayoutsAtOnce) {
  PutSplits();
  Put(root(), "ann/a.jpg");
  const Error both = ErrorOf([&] { Open(); });
  EXPECT_EQ(both.code(), ErrorCode::kData);
  EXPECT_THAT(both.text().found, HasSubstr("and ann/ beside"));
  std::filesystem::remove_all(root() + "/ann");
  EXPECT_THAT(ErrorOf([&] { Open(",seed=2"); }).what(), HasSubstr("a split to draw"));
  std::filesystem::remove_all(root() + "/gallery");
  EXPECT_THAT(ErrorOf([&] { Open(); }).text().found, HasSubstr("train/, query/"));
}

TEST_F(IdentityFolders, RefusesImagesOfNobodyAndFoldersWithoutAny) {
  const Error none = ErrorOf([&] { Open(); });
  EXPECT_EQ(none.code(), ErrorCode::kData);
  EXPECT_THAT(none.text().found, HasSubstr("no query image"));
  PutPeople();
  Put(root(), "who.jpg");
  EXPECT_THAT(ErrorOf([&] { Open(); }).what(), HasSubstr("who.jpg"));
  const Error missing = ErrorOf([&] { OpenText("folder:" + root() + "/elsewhere"); });
  EXPECT_EQ(missing.code(), ErrorCode::kMissing);
  EXPECT_THAT(ErrorOf([&] { Open(",train=101"); }).what(), HasSubstr("from 0 to 100"));
}

}  // namespace
}  // namespace bcr
