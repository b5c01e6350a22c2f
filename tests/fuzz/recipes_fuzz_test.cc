// Recipes of methods and base learners, with their weights over training.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/json.h"
#include "harness/train/recipe.h"
#include "tests/fuzz/fuzz.h"

namespace bcr::fuzz {
namespace {

const std::vector<std::string> kWords = {"\"objectives\"",
                                         "\"objective\"",
                                         "\"weight\"",
                                         "\"weight_curve\"",
                                         "\"parameters\"",
                                         "\"revision\"",
                                         "\"scored\"",
                                         "\"teacher\"",
                                         "\"base\"",
                                         "[[0, 0], [1, 1]]",
                                         "[0.5, 2],",
                                         "true",
                                         "null",
                                         "[]",
                                         "{}"};

void CheckUses(const std::vector<ObjectiveUse>& uses) {
  for (const ObjectiveUse& use : uses) {
    Require(use.weight >= 0 && use.weight <= 1e6, "a weight in its range");
    for (const double progress : {0.0, 0.1, 0.5, 1.0}) {
      const double factor = FactorAt(use.curve, progress);
      Require(factor >= 0 && factor <= 1e6, "factors in their range");
    }
  }
}

TEST(Fuzz, BaseRecipes) {
  RunTarget(
      {.name = "base-recipe", .share = 0.05, .words = kWords, .read = [](const std::string& text) {
         const BaseRecipe base = ParseBaseRecipe(text, "x.json");
         CheckUses(base.objectives);
         // What keys of stored models leave out stands beside it in a file.
         Json json = ToJson(base);
         json["about"] = base.about;
         json["augmenters"] = UsesToJson(base.augmenters);
         const BaseRecipe again = ParseBaseRecipe(DumpJson(json), "again.json");
         Require(ToJson(again) == ToJson(base) &&
                     UsesToJson(again.augmenters) == UsesToJson(base.augmenters),
                 "reads back what it writes");
       }});
}

TEST(Fuzz, MethodRecipes) {
  RunTarget({.name = "method-recipe",
             .share = 0.05,
             .words = kWords,
             .read = [](const std::string& text) {
               const MethodRecipe method = ParseMethodRecipe(text, "x.json");
               CheckUses(method.objectives);
               Json json = ToJson(method);
               json["order"] = method.order;
               json["family"] = method.family;
               json["about"] = method.about;
               json["reference"] = method.reference;
               const MethodRecipe again = ParseMethodRecipe(DumpJson(json), "again.json");
               Require(ToJson(again) == ToJson(method), "reads back what it writes");
             }});
}

}  // namespace
}  // namespace bcr::fuzz
