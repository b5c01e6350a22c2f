#include "harness/train/recipe.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"

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

// Keys of stored models hold what a base recipe says: new keys enter where they are given alone.
TEST(Recipe, WhatABaseAsksOfTheModelAndItsParts) {
  const std::string head = R"({"base": "x", "revision": 1, "about": "a", "objectives": [)";
  const BaseRecipe plain = ParseBaseRecipe(head + R"({"objective": "triplet"}]})", "test");
  EXPECT_EQ(plain.embedding, 0);
  EXPECT_EQ(plain.pooling, "");
  const Json json = ToJson(plain);
  EXPECT_FALSE(json.contains("embedding"));
  EXPECT_FALSE(json.contains("scored"));
  EXPECT_FALSE(json.contains("students"));
  EXPECT_FALSE(json.contains("cluster_head"));
  EXPECT_FALSE(json["objectives"][0].contains("over"));
  EXPECT_FALSE(json["objectives"][0].contains("reads"));
  const BaseRecipe parted =
      ParseBaseRecipe(head + R"({"objective": "triplet", "over": "branches", "reads": "after-neck"},
                {"objective": "identity", "over": "parts"}], "embedding": 256, "pooling": "avg", "scored": "teacher"})",
                      "test");
  EXPECT_EQ(parted.embedding, 256);
  EXPECT_EQ(parted.pooling, "avg");
  EXPECT_EQ(parted.objectives[0].over, ObjectiveUse::Over::kBranches);
  EXPECT_TRUE(parted.objectives[0].reads_after_neck);
  EXPECT_EQ(parted.objectives[1].over, ObjectiveUse::Over::kParts);
  EXPECT_EQ(ToJson(parted)["embedding"], 256);
  EXPECT_TRUE(parted.teacher_is_scored);
  EXPECT_EQ(ToJson(parted)["scored"], "teacher");
  EXPECT_EQ(ToJson(parted)["objectives"][0]["over"], "branches");
  EXPECT_EQ(ToJson(parted)["objectives"][0]["reads"], "after-neck");
  EXPECT_EQ(ToJson(parted)["objectives"][1]["over"], "parts");
  const BaseRecipe pair = ParseBaseRecipe(
      head + R"({"objective": "triplet"}], "head": false, "students": 2, "cluster_head": true})",
      "test");
  EXPECT_EQ(pair.students, 2);
  EXPECT_TRUE(pair.cluster_head);
  EXPECT_EQ(ToJson(pair)["students"], 2);
  EXPECT_EQ(ToJson(pair)["cluster_head"], true);
  for (const char* wrong : {R"({"objective": "triplet", "over": "stripes"}]})",
                            R"({"objective": "triplet"}], "students": 3})",
                            R"({"objective": "triplet", "reads": "neck"}]})",
                            R"({"objective": "triplet"}], "scored": "both"})",
                            R"({"objective": "triplet"}], "pooling": "max"})",
                            R"({"objective": "triplet"}], "embedding": -1})"})
    EXPECT_THROW(ParseBaseRecipe(head + wrong, "test"), Error) << wrong;
}

TEST(Recipe, ABaseMayStartFromAnother) {
  const std::string head =
      R"({"base": "x", "revision": 1, "about": "a", "objectives": [{"objective": "triplet"}])";
  EXPECT_FALSE(ToJson(ParseBaseRecipe(head + "}", "test")).contains("starts_from"));
  const BaseRecipe own = ParseBaseRecipe(head + R"(, "starts_from": {"base": "y"}})", "test");
  EXPECT_EQ(ToJson(own)["starts_from"], (Json{{"base", "y"}, {"images", "own"}}));
  const BaseRecipe some = ParseBaseRecipe(
      head + R"(, "starts_from": {"base": "y", "images": "all", "share": 0.25}})", "test");
  EXPECT_EQ(ToJson(some)["starts_from"], (Json{{"base", "y"}, {"images", "all"}, {"share", 0.25}}));
  for (const char* wrong :
       {R"({})", R"({"base": "y", "images": "some"})", R"({"base": "y", "share": 0})",
        R"({"base": "y", "share": 1.5})", R"({"base": "y", "epochs": 3})", R"("y")"})
    EXPECT_THROW(ParseBaseRecipe(head + R"(, "starts_from": )" + wrong + "}", "test"), Error)
        << wrong;
}

TEST(Recipe, ABaseMaySayHowItTreatsDataSets) {
  const std::string head =
      R"({"base": "x", "revision": 1, "about": "a", "objectives": [{"objective": "triplet"}])";
  const Json plain = ToJson(ParseBaseRecipe(head + "}", "test"));
  for (const char* key : {"norm", "fusion", "balance"}) EXPECT_FALSE(plain.contains(key)) << key;
  const BaseRecipe base =
      ParseBaseRecipe(head + R"(, "norm": "rectified", "fusion": "mdif", "balance": "domains",
                "starts_from": {"base": "y", "images": "labelled"}})",
                      "test");
  EXPECT_EQ(ToJson(base)["norm"], "rectified");
  EXPECT_EQ(ToJson(base)["fusion"], "mdif");
  EXPECT_EQ(ToJson(base)["balance"], "domains");
  EXPECT_EQ(ToJson(base)["starts_from"]["images"], "labelled");
  for (const char* wrong :
       {R"("norm": "batch")", R"("fusion": "graph")", R"("balance": "cameras")", R"("norm": 1)"})
    EXPECT_THROW(ParseBaseRecipe(head + ", " + wrong + "}", "test"), Error) << wrong;
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

}  // namespace
}  // namespace bcr
