#include "harness/core/json.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <nlohmann/json.hpp>

#include "harness/core/files.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using testing::HasSubstr;

TEST(ParseJson, AllowsComments) {
  const Json json = ParseJson("// head\n{\"a\": /* here */ [1, 2.5, \"x\", null, true]}", "x");
  EXPECT_EQ(json["a"][1].get<double>(), 2.5);
  EXPECT_EQ(json["a"].size(), 5U);
}

struct Bad {
  std::string text;
  const char* where;
};

TEST(ParseJson, NamesLineAndColumn) {
  const std::vector<Bad> cases = {
      {"", "x.json:1:1"},
      {"{", "x.json:1:1"},
      {"{\n  \"a\": 1,\n}", "x.json:3:1"},
      {"{\n  \"a\": nonsense}", "x.json:2:9"},
      {"[1, 2,\n 1e999]", "x.json:2:7"},
      {"{\"a\": NaN}", "x.json:1:7"},
      {"{} trailing", "x.json:1:6"},
      {"\"\xFF\"", "x.json:1:2"},
      {"{\"a\": 1,\n \"b\": {\"a\": 2, \"a\": 3}}", "x.json:2:18"},
      {std::string(100000, '['), "x.json:1:201"},
  };
  for (const Bad& bad : cases) {
    const Error error = test::CatchError([&] { ParseJson(bad.text, "x.json"); });
    EXPECT_EQ(error.code(), ErrorCode::kConfig) << bad.text.substr(0, 60);
    EXPECT_EQ(error.text().where, bad.where) << bad.text.substr(0, 60);
  }
}

TEST(ParseJson, NestingHasALimit) {
  EXPECT_NO_THROW(ParseJson(std::string(200, '[') + std::string(200, ']'), "x"));
  EXPECT_THAT(
      test::MessageOf([] { ParseJson(std::string(201, '[') + std::string(201, ']'), "x"); }),
      HasSubstr("at most 200 levels"));
}

TEST(ParseJson, RefusesDuplicateKeysOnlyWithinOneObject) {
  EXPECT_THAT(test::MessageOf([] { ParseJson("{\"k\":1,\"k\":1}", "x"); }), HasSubstr("`k` twice"));
  EXPECT_NO_THROW(ParseJson("{\"k\":{\"k\":1},\"l\":[{\"k\":1},{\"k\":2}]}", "x"));
}

// A file of weights has thousands of siblings: four times as many must not take sixteen times as
// long.
TEST(ParseJson, TimeGrowsWithTheText) {
  const auto seconds = [](int siblings) {
    std::string text = "{";
    for (int i = 0; i < siblings; ++i) text += "\"" + std::to_string(i) + "\": [1, 2],";
    text.back() = '}';
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
      // Of the processor: on a busy machine the clock on the wall says nothing.
      const std::clock_t start = std::clock();
      EXPECT_EQ(ParseJson(text, "x").size(), static_cast<size_t>(siblings));
      best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
    }
    return best;
  };
  EXPECT_LT(seconds(40000), 9 * seconds(10000));
}

TEST(ParseJson, KeepsEverythingTheTextHolds) {
  const char* text = R"({"a":[{},[],{"b":[1,[2,{"c":null}]]}],"d":"\u00e9","e":-1.5e-3})";
  EXPECT_EQ(ParseJson(text, "x"), Json::parse(text));
}

TEST(DumpJson, IsSortedAndEndsWithANewline) {
  EXPECT_EQ(DumpJson(ParseJson("{\"b\": 0.1, \"a\": [1]}", "x")),
            "{\n  \"a\": [\n    1\n  ],\n  \"b\": 0.1\n}\n");
  EXPECT_EQ(DumpJsonCompact(ParseJson("{\"b\": 0.1, \"a\": [1]}", "x")), "{\"a\":[1],\"b\":0.1}");
}

TEST(DumpJson, NumbersRoundTrip) {
  for (const double value : {0.1, 1.0 / 3.0, 1e-300, 123456789.123456789, 1e22, -0.0}) {
    EXPECT_EQ(ParseJson(DumpJson(Json(value)), "x").get<double>(), value);
  }
}

TEST(DumpJson, RefusesNaNAndInfinityAndNamesThem) {
  for (const double value :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    const Json json = {{"cells", {1.0, {{"map", value}}}}};
    const Error error = test::CatchError([&] { DumpJson(json); });
    EXPECT_EQ(error.code(), ErrorCode::kInternal);
    EXPECT_THAT(error.what(), HasSubstr("/cells/1/map"));
    EXPECT_THROW(DumpJsonCompact(json), Error);
  }
}

TEST(DumpJson, SurvivesTextThatIsNotUtf8) {
  EXPECT_EQ(DumpJson(Json("a\xFF")), "\"a\xEF\xBF\xBD\"\n");
  EXPECT_EQ(test::CatchError([] { DumpJsonCompact(Json("a\xFF")); }).code(), ErrorCode::kData);
}

TEST(JsonFile, WritesAndReadsBack) {
  const TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "a/b.json");
  WriteJsonAtomic(path, Json{{"k", 1}});
  EXPECT_EQ(ReadJsonFile(path)["k"], 1);
  WriteFileAtomic(path, std::string_view("{"));
  EXPECT_THAT(test::MessageOf([&] { ReadJsonFile(path); }), HasSubstr(path + ":1:1"));
}

}  // namespace
}  // namespace bcr
