// Which parameters are in force, and where they come from.
#include "harness/plan/effective.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/plan/recipe_book.h"
#include "tests/unit/plan/toy_plan.h"

namespace bcr {
namespace {

Json Values(const EffectiveParameters& parameters) { return ParseJson(parameters.values, "test"); }
Json Origins(const EffectiveParameters& parameters) {
  return ParseJson(parameters.origins, "test");
}

TEST(Effective, LaterLayersWin) {
  const EffectiveParameters all = Merge({.defaults = R"({"a": 1, "b": 1, "c": 1, "d": 1})",
                                         .profile = R"({"b": 2, "c": 2, "d": 2})",
                                         .recipe = R"({"c": 3, "d": 3})",
                                         .overridden = {"d"}});
  EXPECT_EQ(Values(all), Json({{"a", 1}, {"b", 2}, {"c", 3}, {"d", 2}}));
  EXPECT_EQ(Origins(all),
            Json({{"a", "plug-in"}, {"b", "profile"}, {"c", "recipe"}, {"d", "--set"}}));
}

TEST(Effective, AProfileMayNameNothing) {
  const EffectiveParameters all =
      Merge({.defaults = R"({"a": 1})", .profile = "", .recipe = "{}", .overridden = {}});
  EXPECT_EQ(Values(all), Json({{"a", 1}}));
}

// A number of --set has effect also where the recipe fixes another one, and where it repeats the
// profile's.
TEST(Effective, SetReachesWhatARecipeFixes) {
  const testing::Planned planned;
  const RecipeBook book(planned.plug_ins);
  const std::vector<ObjectiveUse> recipe = {
      {.objective = "triplet", .parameters = R"({"margin": 0.7})"}};
  Profile profile = ResolveProtocol("in-domain-data", "quick", {}).profile;
  EXPECT_EQ(BindObjectives(book, recipe, profile)[0].parameters, R"({"margin":0.7})");
  profile = ResolveProtocol("in-domain-data", "quick", {"triplet.margin=0.3"}).profile;
  const ObjectiveUse bound = BindObjectives(book, recipe, profile)[0];
  EXPECT_EQ(bound.parameters, R"({"margin":0.3})");
  EXPECT_EQ(bound.origins, R"({"margin":"--set"})");
}

// A profile names few parameters; --set reaches the others too, and they alone enter the profile.
TEST(Effective, SetReachesWhatNoProfileNames) {
  const testing::Planned planned;
  const PlugInDefaults defaults = DefaultsOf(RecipeBook(planned.plug_ins).plug_ins());
  ASSERT_EQ(FindProfile("quick").augmenters.count("other"), 0U);
  const Protocol protocol =
      ResolveProtocol("in-domain-data", "quick", {"other.share=0.3"}, defaults);
  EXPECT_EQ(protocol.profile.augmenters.at("other"), R"({"share":0.3})");
  EXPECT_EQ(protocol.profile.objectives, FindProfile("quick").objectives);
  EXPECT_EQ(protocol.profile.overridden, std::vector<std::string>{"augmenters.other.share"});
  EXPECT_THAT(protocol.unofficial_reasons,
              ::testing::Contains(::testing::HasSubstr("0.3 instead of 0.5")));
  for (const char* wrong : {"other.shares=0.3", "other.share=much"}) {
    EXPECT_THROW(ResolveProtocol("in-domain-data", "quick", {wrong}, defaults), Error) << wrong;
  }
}

TEST(Effective, TheProfileNamesTheBasesAndTheirParameters) {
  const testing::Planned planned;
  const RecipeBook book(planned.plug_ins);
  Profile profile = FindProfile("quick");
  const BaseRecipe labelled = BindBase(book, "auto", "ground-truth", profile);
  EXPECT_EQ(labelled.name, "softmax-triplet");
  EXPECT_EQ(labelled.objectives[1].origins, R"({"margin":"profile"})");
  const BaseRecipe clusters = BindBase(book, "auto", "none", profile);
  EXPECT_EQ(clusters.name, "cluster-contrast");
  EXPECT_EQ(ParseJson(clusters.label_source_parameters, "test")["k1"], 20);
  bool found = false;
  for (const Json& entry : ListParameters(clusters, labelled.objectives)) {
    if (entry["plug_in"] != "cluster-contrast" || entry["parameter"] != "k1") continue;
    EXPECT_EQ(entry["value"], 20);
    EXPECT_EQ(entry["from"], "profile");
    found = true;
  }
  EXPECT_TRUE(found);
  const std::string text = ParametersText(labelled, {});
  EXPECT_TRUE(text.starts_with("standard.erase 0.0 (profile), ")) << text;
  EXPECT_TRUE(text.ends_with(", standard.pad 2 (profile), triplet.margin 0.3 (profile)")) << text;
  profile.bases.with_labels = "softmax-tripplet";
  EXPECT_THROW(BindBase(book, "auto", "ground-truth", profile), Error);
}

}  // namespace
}  // namespace bcr
