#include "harness/app/picture_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/app/pictures.h"
#include "harness/core/files.h"
#include "reports/picture/line_plot.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(PictureFiles, OnlyPicturesAreReplacedAndAllNamesAreLookedAtFirst) {
  const TemporaryFolder folder;
  const std::string svg = picture::LinePlotSvg({});
  const std::string into = folder.path() + "/new";
  WritePictures(into, {{"a.svg", svg}, {"b.svg", svg}});
  EXPECT_EQ(ReadFile(into + "/b.svg"), svg);
  picture::LinePlot other;
  other.texts.title = "another";
  const std::string changed = picture::LinePlotSvg(other);
  WriteFileAtomic(into + "/b.svg", std::string_view("precious"));
  EXPECT_THAT(test::MessageOf([&] {
                WritePictures(into, {{"a.svg", changed}, {"b.svg", changed}});
              }),
              HasSubstr("picture of a report"));
  EXPECT_EQ(ReadFile(into + "/a.svg"), svg);
  EXPECT_EQ(ReadFile(into + "/b.svg"), "precious");
  WritePictures(into, {{"a.svg", changed}});
  EXPECT_EQ(ReadFile(into + "/a.svg"), changed);
}

TEST(Pictures, NamesThatLeadOutOfTheFolderAreNotFollowed) {
  const TemporaryFolder folder;
  WriteFileAtomic(folder.path() + "/outside.png", std::string_view("\x89PNG outside"));
  WriteFileAtomic(folder.path() + "/images/inside/x.png", std::string_view("\x89PNG inside"));
  const PictureOf pictures = OpenPictures(folder.path() + "/images", "");
  for (const std::string& name :
       {std::string("../outside.png"), std::string("inside/../../outside.png"),
        folder.path() + "/outside.png", std::string(".."), std::string("inside"), std::string()})
    EXPECT_THAT(pictures(name), IsEmpty()) << name;
}

}  // namespace
}  // namespace bcr
