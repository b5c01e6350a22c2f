#include "harness/core/data_ref.h"

#include <gtest/gtest.h>

#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

TEST(DataRef, ReadsNamePathAndOptions) {
  const DataRef plain = ParseDataRef("pedsynth-a");
  EXPECT_EQ(plain.name, "pedsynth-a");
  EXPECT_TRUE(plain.path.empty());

  const DataRef path = ParseDataRef("market1501:/data/Market-1501");
  EXPECT_EQ(path.name, "market1501");
  EXPECT_EQ(path.path, "/data/Market-1501");

  const DataRef both = ParseDataRef("omniglot:small1.zip,size=28,alphabets=Greek+Korean");
  EXPECT_EQ(both.path, "small1.zip");
  EXPECT_EQ(both.options.at("alphabets"), "Greek+Korean");
  EXPECT_EQ(both.options.at("size"), "28");
}

TEST(DataRef, TextIsCanonicalAndReadsBack) {
  EXPECT_EQ(ParseDataRef("x,b=2,a=1").Text(), "x,a=1,b=2");
  EXPECT_EQ(ParseDataRef("x:p,b=2,a=1").Text(), "x:p,a=1,b=2");
  EXPECT_EQ(ParseDataRef("x:/a:b=c").Text(), "x:/a:b=c");
  EXPECT_EQ(ParseDataRef("x,a=b=c:d").options.at("a"), "b=c:d");
}

TEST(DataRef, RefusesWhatItCannotRead) {
  for (const char* text : {"", ":", ":/data", "x:", "x,", "x,a", "x,=1", "x,a=", "x,a=1,", "x,,a=1",
                           "x,a=1,a=2", "a b", "/data/Market-1501", "./x:y", "x, a=1"}) {
    const Error error = test::CatchError([&] { ParseDataRef(text); });
    EXPECT_EQ(error.code(), ErrorCode::kUsage) << text;
    EXPECT_NE(std::string(error.what()).find("name[:path][,key=value...]"), std::string::npos);
  }
}

TEST(DataRef, ABarePathIsToldToNameTheReader) {
  EXPECT_NE(test::MessageOf([] { ParseDataRef("/data/Market-1501"); }).find("reader's name first"),
            std::string::npos);
}

}  // namespace
}  // namespace bcr
