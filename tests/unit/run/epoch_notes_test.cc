#include "harness/run/epoch_notes.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace bcr {
namespace {

TEST(EpochNotes, KeepEveryEpochsFiguresToSixDigits) {
  const Json history = {{{"epoch", 1},
                         {"learning_rate", 0.014},
                         {"steps", 7},
                         {"l2", 0.12345678901234},
                         {"softmax", 1234567.89}},
                        {{"epoch", 2},
                         {"learning_rate", 0.0014},
                         {"steps", 7},
                         {"l2", -1.00000049e-9},
                         {"softmax", 0.0}}};
  const Json notes = EpochNotes(history);
  EXPECT_EQ(notes, (Json{{{"epoch", 1},
                          {"learning_rate", 0.014},
                          {"figures", {{"l2", 0.123457}, {"softmax", 1234570.0}}}},
                         {{"epoch", 2},
                          {"learning_rate", 0.0014},
                          {"figures", {{"l2", -1e-9}, {"softmax", 0.0}}}}}));
  EXPECT_EQ(notes.dump(), EpochNotes(Json::parse(history.dump())).dump())
      << "the same whether the history was stored meanwhile or not";
}

TEST(EpochNotes, WhatIsNoHistoryGivesNone) {
  EXPECT_EQ(EpochNotes(Json::array()), Json::array());
  EXPECT_EQ(EpochNotes(Json()), Json::array());
  EXPECT_EQ(EpochNotes({{"epoch", 1}}), Json::array());
  EXPECT_EQ(EpochNotes(Json::array({1, 2})), Json::array());
  EXPECT_EQ(EpochNotes(Json::array({{{"loss", 0.5}}})), Json::array());
}

}  // namespace
}  // namespace bcr
