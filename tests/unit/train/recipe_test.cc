#include "harness/train/recipe.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/train/schedule.h"

namespace bcr {
namespace {

TEST(Recipe, RoundTripAndDefaults) {
  const MethodRecipe method = ParseMethodRecipe(
      R"({"method": "x", "revision": 2, "order": 1, "family": "toy", "about": "a", "reference": "r",
          "objectives": [{"objective": "bct", "parameters": {"form": "auto"}}]})",
      "test");
  EXPECT_EQ(method.base, "auto");
  ASSERT_EQ(method.objectives.size(), 1U);
  EXPECT_EQ(method.objectives[0].weight, 1.0);
  EXPECT_EQ(ToJson(method)["objectives"][0]["parameters"]["form"], "auto");
}

TEST(Recipe, UnknownKeyIsRefusedWithASuggestion) {
  try {
    ParseMethodRecipe(
        R"({"method": "x", "revision": 2, "order": 1, "family": "toy", "about": "a", "reference": "r", "objectives": [], "initt": "old"})",
        "methods/recipes/x.json");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("init"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("methods/recipes/x.json"), std::string::npos)
        << error.what();
  }
}

TEST(Schedule, BagOfTricksValues) {
  const Schedule bot;  // the defaults are BoT's
  EXPECT_NEAR(RateAt(bot, 1), 3.815e-5, 1e-9);
  EXPECT_NEAR(RateAt(bot, 2), 7.28e-5, 1e-9);
  EXPECT_NEAR(RateAt(bot, 5), 1.7675e-4, 1e-9);
  EXPECT_NEAR(RateAt(bot, 9), 3.1535e-4, 1e-9);
  EXPECT_NEAR(RateAt(bot, 10), 3.5e-4, 1e-12);
  EXPECT_NEAR(RateAt(bot, 39), 3.5e-4, 1e-12);
  EXPECT_NEAR(RateAt(bot, 40), 3.5e-5, 1e-12);
  EXPECT_NEAR(RateAt(bot, 69), 3.5e-5, 1e-12);
  EXPECT_NEAR(RateAt(bot, 70), 3.5e-6, 1e-13);
}

}  // namespace
}  // namespace bcr
