#include "protocols/overrides.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Protocol Resolve(const std::vector<std::string>& overrides) {
  return ResolveProtocol("in-domain-data", "quick", overrides);
}

std::string Refusal(const std::string& override_text) {
  try {
    Resolve({override_text});
  } catch (const Error& error) {
    return error.what();
  }
  return "(nothing thrown)";
}

TEST(Overrides, NoneIsOfficial) { EXPECT_THAT(Resolve({}).unofficial_reasons, IsEmpty()); }

TEST(Overrides, FullPathPathAndLastComponent) {
  const Protocol protocol =
      Resolve({"profile.epochs=4", "old.images=0.3", "eps=0.5", "pooling=avg"});
  EXPECT_EQ(protocol.profile.epochs, 4);
  EXPECT_EQ(protocol.profile.without_labels.epochs, FindProfile("quick").without_labels.epochs);
  EXPECT_EQ(NodeOf(protocol.setting, "old").images.to, 0.3);
  EXPECT_THAT(protocol.profile.label_sources.at("cluster-contrast"), HasSubstr("\"eps\":0.5"));
  EXPECT_EQ(protocol.profile.pooling, "avg");
}

TEST(Overrides, ShortKeysSayWhatTheyWereTakenFor) {
  EXPECT_THAT(Resolve({"profile.epochs=4", "old.images=0.3", "eps=0.5"}).readings,
              ElementsAre("--set old.images=0.3 is taken for setting.models.old.images",
                          "--set eps=0.5 is taken for profile.label_sources.cluster-contrast.eps"));
}

TEST(Overrides, ComponentsMayBeLeftOutWhereOneKeyFits) {
  EXPECT_THAT(
      Resolve({"profile.cluster_contrast.eps=0.5", "triplet.margin=0.2"}).readings,
      ElementsAre("--set profile.cluster_contrast.eps=0.5 is taken for "
                  "profile.label_sources.cluster-contrast.eps",
                  "--set triplet.margin=0.2 is taken for profile.objectives.triplet.margin"));
  EXPECT_THAT(Refusal("profile.triplet.smoothing=1"), HasSubstr("unknown key"));
  EXPECT_THAT(Refusal("margin.triplet=1"), HasSubstr("unknown key"));
}

// Also where the value in force is repeated: a recipe that says another one must not win in silence.
TEST(Overrides, KeysOfTheProfileThatWereNamedAreKept) {
  EXPECT_THAT(Resolve({"triplet.margin=0.3", "setting.old.images=0.4"}).profile.overridden,
              ElementsAre("objectives.triplet.margin"));
}

TEST(Overrides, AModelThatIsLikeAnotherFollowsIt) {
  const Protocol protocol = Resolve({"setting.models.new.images=0.8"});
  EXPECT_EQ(NodeOf(protocol.setting, "new").images.to, 0.8);
  EXPECT_EQ(NodeOf(protocol.setting, "paragon").images.to, 0.8);
}

TEST(Overrides, LockedKeysAreReportedWithBothValues) {
  EXPECT_THAT(Resolve({"setting.old.images=0.3", "extraction.batch_size=32"}).unofficial_reasons,
              ElementsAre("setting.models.old.images is locked: 0.3 instead of 0.5"));
}

TEST(Overrides, TheSameValueAgainIsNoChange) {
  EXPECT_THAT(Resolve({"setting.new.images=1", "profile.pooling=gem"}).unofficial_reasons,
              IsEmpty());
}

TEST(Overrides, ListsAreTypedEitherWay) {
  EXPECT_THAT(Resolve({"profile.milestones=5,9"}).profile.milestones, ElementsAre(5, 9));
  EXPECT_THAT(Resolve({"profile.milestones=[6]"}).profile.milestones, ElementsAre(6));
}

TEST(Overrides, UnknownKeyGetsASuggestion) {
  EXPECT_THAT(Refusal("profile.epoch=4"), HasSubstr("`profile.epochs`"));
  EXPECT_THAT(Refusal("epoch=4"), HasSubstr("`epochs`"));
}

TEST(Overrides, AmbiguousKeyListsThePlaces) {
  EXPECT_THAT(Refusal("images=0.3"), AllOf(HasSubstr("setting.models.old.images"),
                                           HasSubstr("setting.models.new.images")));
}

TEST(Overrides, WrongKindsAreRefused) {
  EXPECT_THAT(Refusal("profile.epochs"), HasSubstr("key=value"));
  EXPECT_THAT(Refusal("=4"), HasSubstr("key=value"));
  EXPECT_THAT(Refusal("profile.epochs=many"), HasSubstr("a whole number"));
  EXPECT_THAT(Refusal("profile.epochs=4.5"), HasSubstr("a whole number"));
  EXPECT_THAT(Refusal("profile.lr="), HasSubstr("a number"));
  EXPECT_THAT(Refusal("extraction.flip=1"), HasSubstr("true or false"));
  EXPECT_THAT(Refusal("profile.milestones=a,b"), HasSubstr("a list"));
  EXPECT_THAT(Refusal("profile.augmenters=3"), HasSubstr("unknown key"));
  EXPECT_THAT(Refusal("profile.backbones.small=\xff"), HasSubstr("UTF-8"));
}

TEST(Overrides, ValuesAreCheckedLikeThoseOfFiles) {
  EXPECT_THAT(Refusal("setting.old.images=2"), HasSubstr("old.images"));
  EXPECT_THAT(Refusal("setting.widths=crop"), HasSubstr("widths"));
}

// Printing and comparing values calls itself for every level.
TEST(Overrides, BottomlessListsAreRefused) {
  const size_t levels = 200000;
  const std::string list = std::string(levels, '[') + std::string(levels, ']');
  EXPECT_THROW(ResolveProtocol("in-domain-data", "quick", {"setting.cells=" + list}), Error);
  EXPECT_THROW(ResolveProtocol("in-domain-data", "quick", {"milestones=" + list}), Error);
}

TEST(Overrides, NamesAndRevisionsStay) {
  EXPECT_THAT(Refusal("setting.setting=mine"), HasSubstr("only names"));
  EXPECT_THAT(Refusal("profile.revision=9"), HasSubstr("only names"));
  EXPECT_THAT(Refusal("setting.locked=[]"), HasSubstr("only names"));
}

TEST(Overrides, SmokeTakesTheSettingsBoundsAndIsUnofficial) {
  const Protocol smoke = ResolveProtocol("in-domain-identities", "smoke", {});
  EXPECT_EQ(smoke.profile.epochs, 2);
  EXPECT_EQ(smoke.profile.without_labels.epochs, 2);
  EXPECT_EQ(smoke.profile.max_identities, 12);
  EXPECT_THAT(smoke.unofficial_reasons, ElementsAre("at most 12 training identities are used"));
  EXPECT_EQ(ResolveProtocol("in-domain-identities", "smoke", {"profile.epochs=1"}).profile.epochs,
            1);
  EXPECT_THROW(ResolveProtocol("in-domain-identities", "smoke", {"setting.smoke.epochs=1"}), Error);
}

TEST(Overrides, OwnSettingFileIsUnofficial) {
  TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "mine.json");
  Json json = SettingJson(FindSetting("in-domain-data"));
  json["setting"] = "mine";
  WriteJsonAtomic(path, json);
  EXPECT_THAT(ResolveProtocol(path, "quick", {}).unofficial_reasons,
              ElementsAre(HasSubstr("mine.json")));
}

TEST(Overrides, ARecipeIsATargetLikeTheOthers) {
  Json recipe = {{"recipe", "bct"}, {"weights", {{"bct", 1.0}}}};
  std::vector<OverrideTarget> targets = {{"recipe", &recipe, {"weights"}}};
  EXPECT_THAT(ApplyOverrides(targets, {"weights.bct=2"}),
              ElementsAre("recipe.weights.bct is locked: 2 instead of 1.0"));
  EXPECT_EQ(recipe["weights"]["bct"], 2);
}

}  // namespace
}  // namespace bcr
