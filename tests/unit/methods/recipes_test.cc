// Every recipe that is compiled in can be made: its objectives exist and take its parameters.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "harness/core/embedded.h"
#include "harness/train/objective.h"
#include "harness/train/recipe.h"

namespace bcr {

namespace embedded {
const std::vector<EmbeddedFile>& recipes();
const std::vector<EmbeddedFile>& bases();
}  // namespace embedded

namespace {

TEST(Recipes, EveryObjectiveTakesItsParameters) {
  EXPECT_FALSE(embedded::recipes().empty());
  for (const EmbeddedFile& file : embedded::recipes()) {
    const std::string name(file.name);
    SCOPED_TRACE(name);
    const MethodRecipe recipe = ParseMethodRecipe(file.text, name);
    EXPECT_EQ(recipe.name, name);
    for (const ObjectiveUse& use : recipe.objectives) {
      const ObjectiveInfo& info = FindObjective(objective_table(), use.objective);
      EXPECT_TRUE(MakeObjective(info, ParseJson(use.parameters, name), name)) << use.objective;
    }
  }
}

TEST(Recipes, TheBasesThatTheyNameExist) {
  std::set<std::string> bases = {"auto"};
  for (const EmbeddedFile& file : embedded::bases()) bases.insert(std::string(file.name));
  for (const EmbeddedFile& file : embedded::recipes()) {
    const MethodRecipe recipe = ParseMethodRecipe(file.text, std::string(file.name));
    EXPECT_TRUE(bases.contains(recipe.base)) << recipe.name;
    EXPECT_TRUE(bases.contains(recipe.earlier_base)) << recipe.name;
  }
}

// `--methods WORD` must not have two meanings.
TEST(Recipes, NoFamilyIsNamedAsAMethodIs) {
  std::set<std::string> methods, families;
  for (const EmbeddedFile& file : embedded::recipes()) {
    const MethodRecipe recipe = ParseMethodRecipe(file.text, std::string(file.name));
    methods.insert(recipe.name);
    families.insert(recipe.family);
  }
  for (const std::string& family : families) {
    EXPECT_FALSE(methods.contains(family)) << family;
    EXPECT_NE(family, "all");
    EXPECT_NE(family, "");
  }
}

}  // namespace
}  // namespace bcr
