#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/core/json.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Use = std::function<void(JsonReader&)>;

Error Failure(const char* text, const Use& use) {
  const Json json = ParseJson(text, "x");
  return test::CatchError([&] {
    JsonReader reader(json, "x.json: old");
    use(reader);
    reader.Finish();
  });
}

TEST(JsonReader, ReadsEveryKind) {
  const Json json = ParseJson(
      R"({"n": 0.5, "i": -3, "b": true, "t": "text", "c": "two", "l": ["p", "q"], "r": {"z": 1}})",
      "x");
  JsonReader reader(json, "x.json");
  EXPECT_EQ(reader.Number("n", 0.0, 1.0), 0.5);
  EXPECT_EQ(reader.Integer("i", -5, 5), -3);
  EXPECT_TRUE(reader.Bool("b"));
  EXPECT_EQ(reader.Text("t"), "text");
  EXPECT_EQ(reader.Choice("c", {"one", "two"}), "two");
  EXPECT_THAT(reader.TextList("l"), ElementsAre("p", "q"));
  EXPECT_EQ(reader.Raw("r")["z"], 1);
  EXPECT_TRUE(reader.Has("n"));
  EXPECT_FALSE(reader.Has("absent"));
  EXPECT_NO_THROW(reader.Finish());
}

TEST(JsonReader, FallsBackWhereAKeyIsAbsent) {
  const Json json = Json::object();
  JsonReader reader(json, "x.json");
  EXPECT_EQ(reader.Number("n", 0.0, 1.0, 0.25), 0.25);
  EXPECT_EQ(reader.Integer("i", 0, 9, 7), 7);
  EXPECT_FALSE(reader.Bool("b", false));
  EXPECT_EQ(reader.Text("t", "d"), "d");
  EXPECT_EQ(reader.Choice("c", {"one"}, "one"), "one");
  EXPECT_THAT(reader.TextList("l", std::vector<std::string>{"v"}), ElementsAre("v"));
  EXPECT_TRUE(reader.Raw("r", false).is_null());
  EXPECT_NO_THROW(reader.Finish());
}

TEST(JsonReader, RequiresKeysWithoutFallback) {
  const Error error = Failure("{\"shere\": 1}", [](JsonReader& r) { r.Number("share", 0, 1); });
  EXPECT_EQ(error.code(), ErrorCode::kConfig);
  EXPECT_EQ(error.text().where, "x.json: old.share");
  EXPECT_THAT(error.what(), HasSubstr("`shere` is there"));
}

TEST(JsonReader, RefusesUnknownKeysWithASuggestion) {
  const Error error = Failure("{\"backbone\": \"s\", \"bakcbone2\": 1}", [](JsonReader& r) {
    r.Text("backbone");
    r.Integer("width", 1, 9, 3);
  });
  EXPECT_EQ(error.code(), ErrorCode::kConfig);
  EXPECT_EQ(error.text().where, "x.json: old.bakcbone2");
  EXPECT_THAT(error.what(), HasSubstr("did you mean `backbone`?"));
  EXPECT_THAT(Failure("{\"zzzzz\": 1}", [](JsonReader& r) { r.Integer("width", 1, 9, 3); }).what(),
              HasSubstr("known: width"));
}

struct Bad {
  const char* text;
  Use use;
  const char* part;
};

TEST(JsonReader, ChecksTypesAndRanges) {
  const std::vector<Bad> cases = {
      {R"({"k": "1"})", [](JsonReader& r) { r.Number("k", 0, 1); }, "a number in [0, 1]"},
      {R"({"k": 1.5})", [](JsonReader& r) { r.Number("k", 0, 1); }, "found 1.5"},
      {R"({"k": null})", [](JsonReader& r) { r.Number("k", 0, 1, 0.5); }, "found null"},
      {R"({"k": 2.0})", [](JsonReader& r) { r.Integer("k", 0, 9); }, "an integer in [0, 9]"},
      {R"({"k": 10})", [](JsonReader& r) { r.Integer("k", 0, 9); }, "found 10"},
      {R"({"k": 18446744073709551615})", [](JsonReader& r) { r.Integer("k", -9, 9); }, "1844"},
      {R"({"k": 1})", [](JsonReader& r) { r.Bool("k"); }, "true or false"},
      {R"({"k": 1})", [](JsonReader& r) { r.Text("k"); }, "text in double quotes"},
      {R"({"k": "tow"})",
       [](JsonReader& r) {
         r.Choice("k", {"one", "two"});
       },
       "mean `two`?"},
      {R"({"k": 2})",
       [](JsonReader& r) {
         r.Choice("k", {"one", "two"});
       },
       "one of one, two"},
      {R"({"k": "a"})", [](JsonReader& r) { r.TextList("k"); }, "a list of texts"},
      {R"({"k": ["a", 1]})", [](JsonReader& r) { r.TextList("k"); }, "old.k[1]"},
  };
  for (const Bad& bad : cases) {
    const Error error = Failure(bad.text, bad.use);
    EXPECT_EQ(error.code(), ErrorCode::kConfig) << bad.text;
    EXPECT_THAT(error.what(), HasSubstr(bad.part)) << bad.text;
    EXPECT_THAT(error.what(), HasSubstr("x.json: old.k")) << bad.text;
  }
}

TEST(JsonReader, NeedsAnObjectAndShowsLongValuesCutShort) {
  const Json list = Json::array({std::string(500, 'x')});
  const std::string message = test::MessageOf([&] { JsonReader reader(list, "x.json"); });
  EXPECT_THAT(message, HasSubstr("an object"));
  EXPECT_LT(message.size(), 120U);
}

}  // namespace
}  // namespace bcr
