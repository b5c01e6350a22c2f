#include "harness/adapt/adapter_choice.h"

#include <gmock/gmock.h>

#include "tests/unit/adapt/toy_adapter.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Choice : public ::testing::Test {
 protected:
  AdapterChoice Parse(const std::string& text) { return ParseAdapter({&toy_}, text); }
  std::string MessageOf(const std::string& text) {
    return test::MessageOf([&] { Parse(text); });
  }
  const AdapterInfo toy_ = test::ToyAdapter();
};

TEST_F(Choice, DefaultsAreFilledIn) {
  EXPECT_EQ(Parse("toy").parameters, R"({"factor":2.0,"name":"x","on":true})");
  EXPECT_EQ(Parse("toy,on=false,factor=-0.5,name=7").parameters,
            R"({"factor":-0.5,"name":"7","on":false})");
  EXPECT_EQ(Parse("toy,factor=2").parameters, Parse("toy").parameters);
  EXPECT_EQ(Parse("toy").info, &toy_);
}

TEST_F(Choice, WhatIsUnknownIsRefusedWithTheNearest) {
  EXPECT_THAT(MessageOf("toi"), HasSubstr("did you mean `toy`?"));
  EXPECT_THAT(MessageOf("toy,facter=1"),
              AllOf(HasSubstr("`facter`"), HasSubstr("did you mean `factor`?")));
  EXPECT_THAT(MessageOf("toy,on=1"), AllOf(HasSubstr("toy,on"), HasSubstr("true or false")));
  EXPECT_THAT(MessageOf("toy,factor=two"), HasSubstr("a number"));
  EXPECT_THAT(MessageOf("toy,factor"), HasSubstr("name[,key=value...]"));
  EXPECT_THAT(MessageOf("toy:factor=1"), HasSubstr("a colon"));
  EXPECT_THAT(MessageOf(""), HasSubstr("name[,key=value...]"));
}

TEST_F(Choice, SidesAreNamedAndChecked) {
  EXPECT_EQ(ParseAdapterSide("gallery"), AdapterSide::kGallery);
  EXPECT_THAT(test::MessageOf([] { ParseAdapterSide("old"); }), HasSubstr("query or gallery"));
  RequireSide(toy_, AdapterSide::kQuery);
  EXPECT_THAT(test::MessageOf([&] { RequireSide(toy_, AdapterSide::kGallery); }),
              HasSubstr("the side gallery"));
}

}  // namespace
}  // namespace bcr
