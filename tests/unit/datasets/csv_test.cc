#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/datasets/fixtures.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using testing::ErrorOf;
using ::testing::HasSubstr;
using testing::Names;
using ::testing::Not;
using testing::OpenText;
using testing::Put;

constexpr char kHeader[] = "path,identity,camera,split\n";
constexpr char kRows[] =
    "b.jpg,p1,c1,train\n"
    "sub/a.jpg,p1,c2,train\n"
    "q.jpg,p2,c1,query\n"
    "g.jpg,p2,c2,gallery\n";

class CsvList : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"b.jpg", "sub/a.jpg", "q.jpg", "g.jpg"})
      Put(folder(), name, std::string("bytes of ") + name);
  }
  const std::string& folder() const { return folder_.path(); }
  std::string file() const { return folder() + "/list.csv"; }
  std::unique_ptr<Dataset> Open(const std::string& text) const {
    Put(folder(), "list.csv", text);
    return OpenText("csv:" + file());
  }
  // Demands kData with `file:line` as the place.
  Error Fails(const std::string& text, size_t line) const {
    const Error error = ErrorOf([&] { Open(text); });
    EXPECT_EQ(error.code(), ErrorCode::kData) << error.what();
    EXPECT_EQ(error.text().where, file() + ":" + std::to_string(line)) << error.what();
    return error;
  }

 private:
  TemporaryFolder folder_;
};

// A data frame that once held a missing value writes 1 as 1.0, and one read as numbers 0001 as 1.
TEST_F(CsvList, SpellingsOfOneNumberAreRefusedUnlessSaidOtherwise) {
  const std::string text = std::string(kHeader) +
                           "b.jpg,7,1,train\nsub/a.jpg,07,2,train\nq.jpg,2,1,query\n"
                           "g.jpg,2.0,01,gallery\n";
  const Error error = ErrorOf([&] { Open(text); });
  EXPECT_EQ(error.code(), ErrorCode::kData);
  EXPECT_THAT(error.text().found, HasSubstr("identity `07` (1 row) and `7` (1 row)"));
  EXPECT_THAT(error.text().hint, HasSubstr("list.csv,labels=numeric"));
  const auto exact = OpenText("csv:" + file() + ",labels=exact");
  EXPECT_EQ(exact->images(Split::kGallery)[0].identity, "2.0");
  const auto numeric = OpenText("csv:" + file() + ",labels=numeric");
  EXPECT_EQ(numeric->images(Split::kGallery)[0].identity, "2");
  EXPECT_EQ(numeric->images(Split::kGallery)[0].camera, "1");
  EXPECT_EQ(ErrorOf([&] { OpenText("csv:" + file() + ",labels=text"); }).code(), ErrorCode::kUsage);
}

// Training and test identities are other people anyway; junk is junk by its spelling alone.
TEST_F(CsvList, SplitsAreReadApartAndJunkMustBeSpelledSo) {
  Open(std::string(kHeader) + "b.jpg,7,1,train\nq.jpg,07,1,query\ng.jpg,07,2,gallery\n");
  const Error error = ErrorOf([&] {
    Open(std::string(kHeader) + "q.jpg,7,1,query\ng.jpg,7,2,gallery\nb.jpg,-1.0,2,gallery\n");
  });
  EXPECT_THAT(error.text().found, HasSubstr("`-1.0` (1 row), which is junk as a number"));
}

TEST_F(CsvList, SaysWhetherAMirroredImageIsAnother) {
  EXPECT_FALSE(Open(std::string(kHeader) + kRows)->report().mirrored_is_other);
  EXPECT_FALSE(OpenText("csv:" + file() + ",mirrored=same")->report().mirrored_is_other);
  EXPECT_TRUE(OpenText("csv:" + file() + ",mirrored=other")->report().mirrored_is_other);
  const Error error = ErrorOf([&] { OpenText("csv:" + file() + ",mirrored=no"); });
  EXPECT_EQ(error.code(), ErrorCode::kUsage);
  EXPECT_THAT(error.what(), HasSubstr("same or other"));
}

TEST_F(CsvList, ListsAndReads) {
  const auto data = Open(std::string(kHeader) + kRows);
  EXPECT_EQ(data->reader(), "csv");
  EXPECT_THAT(Names(*data, Split::kTrain), ElementsAre("b.jpg", "sub/a.jpg"));
  EXPECT_EQ(data->images(Split::kTrain)[1].camera, "c2");
  EXPECT_EQ(data->images(Split::kQuery)[0].identity, "p2");
  EXPECT_EQ(data->ReadImage(Split::kTrain, 1), "bytes of sub/a.jpg");
  EXPECT_EQ(data->report().queries_without_match, 0U);
}

TEST_F(CsvList, OrderOfRowsAndColumnsDoesNotMatter) {
  const std::string hash = Open(std::string(kHeader) + kRows)->hash();
  const auto data = Open(
      "split,note,camera,path,identity\r\n"
      "gallery,\"x, y\",c2,g.jpg,p2\r\n"
      "query,,c1,./q.jpg,p2\r\n"
      "train,,c2,sub/../sub/a.jpg,p1\r\n"
      "train,,c1,b.jpg,p1\r\n");
  EXPECT_EQ(data->hash(), hash);
}

TEST_F(CsvList, HashFollowsTheList) {
  const std::string text = std::string(kHeader) + kRows;
  const std::string hash = Open(text)->hash();
  EXPECT_EQ(Open(text)->hash(), hash);
  Put(folder(), "g.jpg", "more bytes of g.jpg");
  EXPECT_NE(Open(text)->hash(), hash);
  Put(folder(), "g.jpg", "bytes of g.jpg");
  EXPECT_EQ(Open(text)->hash(), hash);
  EXPECT_NE(
      Open(std::string(kHeader) +
           "b.jpg,p1,c1,train\nsub/a.jpg,p1,c1,train\nq.jpg,p2,c1,query\ng.jpg,p2,c2,gallery\n")
          ->hash(),
      hash);
}

TEST_F(CsvList, AcceptsAbsolutePathsAndOneImageInTwoSplits) {
  const std::string absolute = folder() + "/g.jpg";
  const auto data =
      Open(std::string(kHeader) + kRows + absolute + ",p2,c3,gallery\nq.jpg,p2,c1,gallery\n");
  EXPECT_THAT(Names(*data, Split::kGallery), ElementsAre(absolute, "g.jpg", "q.jpg"));
  EXPECT_EQ(data->ReadImage(Split::kGallery, 0), "bytes of g.jpg");
}

TEST_F(CsvList, TrainMayBeEmptyAndIdentitiesAreOpaque) {
  const auto data = Open(std::string(kHeader) + "q.jpg,-1,c1,query\ng.jpg,0000,c2,gallery\n");
  EXPECT_TRUE(data->images(Split::kTrain).empty());
  EXPECT_EQ(data->images(Split::kQuery)[0].identity, "-1");
  EXPECT_EQ(data->report().junk_dropped, 0U);
  EXPECT_EQ(data->report().distractors, 0U);
  EXPECT_EQ(data->report().queries_without_match, 1U);
}

TEST_F(CsvList, RefusesABadSplitWithASuggestion) {
  const Error error = Fails(std::string(kHeader) + kRows + "b.jpg,p3,c1,qurey\n", 6);
  EXPECT_THAT(error.what(), HasSubstr("did you mean `query`?"));
  EXPECT_THAT(Fails(std::string(kHeader) + kRows + "b.jpg,p3,c1,\n", 6).what(),
              HasSubstr("train, query, gallery"));
}

TEST_F(CsvList, RefusesEmptyFields) {
  EXPECT_THAT(Fails(std::string(kHeader) + "b.jpg,,c1,train\n" + kRows, 2).what(),
              HasSubstr("empty identity"));
  EXPECT_THAT(Fails(std::string(kHeader) + "x.jpg,p1,,train\n" + kRows, 2).what(),
              HasSubstr("empty camera"));
  EXPECT_THAT(Fails(std::string(kHeader) + ",p1,c1,train\n" + kRows, 2).what(),
              HasSubstr("no usable path"));
}

TEST_F(CsvList, RefusesAPathTwiceInASplit) {
  const Error error = Fails(std::string(kHeader) + kRows + "./b.jpg,p1,c1,train\n", 6);
  EXPECT_THAT(error.what(), HasSubstr("`b.jpg`"));
  EXPECT_THAT(error.what(), HasSubstr("line 2"));
}

TEST_F(CsvList, ShowsTheFirstTenProblemsAtOnce) {
  std::string text = std::string(kHeader) + kRows;
  for (int i = 0; i < 14; ++i) text += "b.jpg,p1,c1,nowhere\n";
  const Error error = Fails(text, 6);
  EXPECT_THAT(error.what(), HasSubstr("line 15:"));
  EXPECT_THAT(error.what(), Not(HasSubstr("line 16:")));
  EXPECT_THAT(error.what(), HasSubstr("and 4 more"));
}

TEST_F(CsvList, RefusesMissingOrDoubleColumns) {
  const Error missing = Fails("path,identity,cam,part\nb.jpg,p1,c1,train\n", 1);
  EXPECT_THAT(missing.what(), HasSubstr("camera, split"));
  EXPECT_THAT(Fails("path,identity,camera,split,path\nb.jpg,p1,c1,train,b.jpg\n", 1).what(),
              HasSubstr("`path` twice"));
}

TEST_F(CsvList, RefusesAListWithoutQueryOrGallery) {
  for (const char* rows :
       {"b.jpg,p1,c1,train\nq.jpg,p2,c1,query\n", "b.jpg,p1,c1,train\ng.jpg,p2,c1,gallery\n", ""}) {
    const Error error = ErrorOf([&] { Open(std::string(kHeader) + rows); });
    EXPECT_EQ(error.code(), ErrorCode::kData);
    EXPECT_EQ(error.text().where, file());
  }
}

TEST_F(CsvList, ReportsBrokenTablesWithFileAndLine) {
  const Error error = ErrorOf([&] { Open(std::string(kHeader) + "b.jpg,p1,c1\n"); });
  EXPECT_EQ(error.code(), ErrorCode::kData);
  EXPECT_THAT(error.what(), HasSubstr(file()));
  EXPECT_EQ(ErrorOf([&] { Open(""); }).code(), ErrorCode::kData);
}

TEST_F(CsvList, ListsTheFirstTenMissingFiles) {
  std::string text = std::string(kHeader) + kRows;
  for (int i = 10; i < 25; ++i) text += "lost" + std::to_string(i) + ".jpg,p1,c1,train\n";
  const Error error = ErrorOf([&] { Open(text); });
  EXPECT_EQ(error.code(), ErrorCode::kMissing);
  EXPECT_THAT(error.what(), HasSubstr(folder() + "/lost10.jpg"));
  EXPECT_THAT(error.what(), HasSubstr("/lost19.jpg"));
  EXPECT_THAT(error.what(), Not(HasSubstr("/lost20.jpg")));
  EXPECT_THAT(error.what(), HasSubstr("and 5 more"));
}

TEST_F(CsvList, RefusesAFolderAsImageOrAsList) {
  EXPECT_EQ(ErrorOf([&] { Open(std::string(kHeader) + kRows + "sub,p1,c1,train\n"); }).code(),
            ErrorCode::kMissing);
  EXPECT_EQ(ErrorOf([&] { OpenText("csv:" + folder()); }).code(), ErrorCode::kUsage);
  EXPECT_EQ(ErrorOf([&] { OpenText("csv:" + folder() + "/none.csv"); }).code(),
            ErrorCode::kMissing);
}

TEST_F(CsvList, ReadingAVanishedImageNamesIt) {
  const auto data = Open(std::string(kHeader) + kRows);
  std::filesystem::remove(folder() + "/q.jpg");
  const Error error = ErrorOf([&] { data->ReadImage(Split::kQuery, 0); });
  EXPECT_EQ(error.code(), ErrorCode::kMissing);
  EXPECT_THAT(error.what(), HasSubstr("q.jpg"));
}

}  // namespace
}  // namespace bcr
