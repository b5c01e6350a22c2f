#include <gmock/gmock.h>

#include <set>

#include "harness/nn/backbone_info.h"
#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::MessageOf;

std::string Refusal(const std::string& reference) {
  return MessageOf(ErrorCode::kConfig, [&] { ChooseBackbone(reference); });
}

TEST(BackboneReference, PlainNamesKeepTheirSpelling) {
  for (const std::string& name : BackboneNames()) EXPECT_EQ(CanonicalBackbone(name), name);
}

TEST(BackboneReference, OneSpellingForOneNetwork) {
  EXPECT_EQ(CanonicalBackbone("resnet50,ibn=none"), "resnet50");
  EXPECT_EQ(CanonicalBackbone("resnet50,ibn=a"), "resnet50,ibn=a");
  EXPECT_EQ(CanonicalBackbone("resnet50,stem_relu=off,ibn=a"), "resnet50,ibn=a,stem_relu=off");
  EXPECT_EQ(CanonicalBackbone("resnet50,stem_relu=on,ibn=a"), "resnet50,ibn=a");
}

TEST(BackboneReference, EverySwitchHasAValue) {
  EXPECT_EQ(ChooseBackbone("resnet34,stem_relu=off").values,
            (SwitchValues{{"ibn", "none"}, {"stem_relu", "off"}}));
  EXPECT_TRUE(ChooseBackbone("micro16").values.empty());
}

TEST(BackboneReference, UnknownWordsAreAnsweredWithTheNearest) {
  EXPECT_THAT(Refusal("resnet5O"), HasSubstr("did you mean `resnet50`?"));
  EXPECT_THAT(Refusal("osnet-x1-0"), HasSubstr("did you mean `osnet_x1_0`?"));
  EXPECT_THAT(Refusal(""), HasSubstr("known: micro16"));
  EXPECT_THAT(Refusal("resnet50,stemrelu=off"), HasSubstr("did you mean `stem_relu`?"));
  EXPECT_THAT(Refusal("resnet50,ibn=b"),
              AllOf(HasSubstr("found ibn=b"), HasSubstr("known: none, a")));
  EXPECT_THAT(Refusal("micro16,ibn=a"), HasSubstr("micro16 has none"));
}

TEST(BackboneReference, MalformedReferencesAreRefused) {
  EXPECT_THAT(Refusal("resnet50,ibn"), HasSubstr("name[,key=value...]"));
  EXPECT_THAT(Refusal("resnet50,"), HasSubstr("name[,key=value...]"));
  EXPECT_THAT(Refusal("resnet50,ibn="), HasSubstr("known: none, a"));
  EXPECT_THAT(Refusal("resnet50,ibn=a,ibn=a"), HasSubstr("`ibn` twice"));
  EXPECT_THAT(Refusal("resnet50,ibn=a=b"), HasSubstr("found ibn=a=b"));
}

void ExpectPrefix(const std::string& text, const std::string& reference, const std::string& rest) {
  const auto prefix = SplitBackbonePrefix(text);
  ASSERT_TRUE(prefix) << text;
  EXPECT_EQ(prefix->reference, reference) << text;
  EXPECT_EQ(prefix->rest, rest) << text;
}

TEST(BackboneReference, PrefixOfAFile) {
  ExpectPrefix("resnet50=r50.safetensors", "resnet50", "r50.safetensors");
  ExpectPrefix("resnet50,ibn=a=r50.safetensors", "resnet50,ibn=a", "r50.safetensors");
  ExpectPrefix("resnet50,stem_relu=off,ibn=a=/data/x=1,y.safetensors",
               "resnet50,ibn=a,stem_relu=off", "/data/x=1,y.safetensors");
  ExpectPrefix("resnet50,ibn=none=f", "resnet50", "f");
  ExpectPrefix("resnet50=", "resnet50", "");
}

TEST(BackboneReference, FilesWithoutAPrefix) {
  for (const char* text : {"r50.safetensors", "/data/x=1/r50.safetensors", "./a=b", "random", "",
                           "resnet50", "resnet50,ibn", "resnet50,ibn=a", "=f"})
    EXPECT_FALSE(SplitBackbonePrefix(text)) << text;
}

TEST(BackboneReference, PrefixesOfUnknownBackbonesAreRefused) {
  EXPECT_THAT(MessageOf(ErrorCode::kConfig, [] { SplitBackbonePrefix("resnet5O=f"); }),
              HasSubstr("resnet50"));
  EXPECT_THAT(MessageOf(ErrorCode::kConfig, [] { SplitBackbonePrefix("resnet50,ibn=c=f"); }),
              HasSubstr("known: none, a"));
}

TEST(BackboneTable, DescriptorsAreComplete) {
  std::set<std::string> names;
  for (const BackboneInfo* info : backbone_table()) {
    EXPECT_TRUE(names.insert(info->name).second) << info->name;
    EXPECT_GE(info->revision, 1) << info->name;
    EXPECT_FALSE(info->about.empty()) << info->name;
    EXPECT_FALSE(info->source.empty()) << info->name;
    EXPECT_FALSE(info->weights.probe.empty()) << info->name;
    EXPECT_TRUE(info->make) << info->name;
    EXPECT_EQ(BackboneWidth(info->name), info->feature_width);
    std::set<std::string> keys;
    for (const BackboneSwitch& one : info->switches) {
      EXPECT_TRUE(keys.insert(one.key).second) << info->name << " " << one.key;
      EXPECT_GE(one.values.size(), 2U) << info->name << " " << one.key;
      EXPECT_FALSE(one.about.empty()) << info->name << " " << one.key;
    }
  }
}

}  // namespace
}  // namespace bcr
