// What `bcreid data check` prints.
#include "harness/app/data_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/data/set_audit.h"
#include "tests/unit/data/set_of_files.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Published : public SetOfFiles {
 public:
  Published() {
    Add(Split::kTrain, "a.jpg", "ann", "1", "");
    Add(Split::kTrain, "b.jpg", "ann", "2", "");
    Add(Split::kTrain, "c.jpg", "ben", "2", "");
    Add(Split::kQuery, "d.jpg", "ben", "1", "");
    Add(Split::kGallery, "e.jpg", "cy", "1", "");
    report_.published.emplace();
    report_.published->splits[0] = {12936, 751};
    report_.published->splits[1] = {3368, std::nullopt};
    report_.published->cameras = 6;
    report_.published->source = "a paper";
    report_.differences = {"query images: 1 found, 3368 published"};
    report_.unparsed = {"notes.txt"};
    report_.unparsed_count = 1;
  }
};

TEST(DataText, PublishedCountsStandBesideThoseFound) {
  EXPECT_EQ(CountsText(Published()),
            "train          3 images      2 identities    2 cameras  published: 12936 images, 751 "
            "identities\n"
            "query          1 images      1 identities    1 cameras  published: 3368 images\n"
            "gallery        1 images      1 identities    1 cameras\n"
            "published: 6 cameras\n"
            "source of the published counts: a paper\n");
  SetOfFiles own;
  own.Add(Split::kQuery, "d.jpg", "ben", "1", "");
  EXPECT_THAT(CountsText(own), Not(HasSubstr("published")));
}

TEST(DataText, TellsWhatTheReaderNoticed) {
  const std::string text = ReportText(Published());
  EXPECT_THAT(text, HasSubstr("train    identities of 1 camera: 1, of 2: 1\n"));
  EXPECT_THAT(text, HasSubstr("query    identities of 1 camera: 1\n"));
  EXPECT_THAT(text, HasSubstr("identities of training and test: 1\n"));
  EXPECT_THAT(text, HasSubstr("outside the grammar: notes.txt\n"));
  EXPECT_THAT(text, HasSubstr("differs: query images: 1 found, 3368 published\n"));
  EXPECT_THAT(text, HasSubstr("reader files revision 0, hash "));
}

TEST(DataText, TellsWhatFilesAreLike) {
  ContentAudit audit;
  audit.splits[1] = {3 << 19, 2, {64, 128, 200}, {32, 64, 80}};
  audit.twins = 1;
  audit.shown_twins = {{"train/a.jpg", "query/b.jpg"}};
  audit.problems = {"c.jpg: found an empty file"};
  EXPECT_EQ(ContentText(audit),
            "query    1.5 MiB; height 64 / 128 / 200, width 32 / 64 / 80 pixels (least / middle / "
            "greatest)\n"
            "same bytes in two splits: train/a.jpg and query/b.jpg\n"
            "1 images in two splits\n"
            "bad image: c.jpg: found an empty file\n"
            "1 unreadable images\n");
}

}  // namespace
}  // namespace bcr
