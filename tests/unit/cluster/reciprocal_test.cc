#include "harness/cluster/jaccard/reciprocal.h"

#include <gtest/gtest.h>

#include "tests/unit/cluster/points.h"

namespace bcr {
namespace {

// Half lists round half to even: k1 / 2 -> 3:2 5:2 7:4 9:4 11:6 15:8 25:12 35:18.
TEST(HalfList, RoundsHalfToEven) {
  const int expected[][2] = {{3, 2},  {5, 2},   {7, 4},   {9, 4},  {11, 6},
                             {15, 8}, {25, 12}, {35, 18}, {30, 15}};
  for (const auto& [k1, half] : expected) EXPECT_EQ(HalfListLength(k1, 100), half + 1) << k1;
  EXPECT_EQ(HalfListLength(3, 3), 3);
  EXPECT_EQ(HalfListLength(2, 2), 2);
  EXPECT_EQ(HalfListLength(30, 5), 5);
}

TEST(ReciprocalSets, ExampleA) {
  const FloatMatrix rows = ExampleA();
  const NeighbourTable table = NearestRows(rows.view(), {.k = 3, .threads = 1});
  const RowSets expected = {{0, 1},    {0, 1, 2}, {1, 2, 3}, {2, 3},
                            {4, 5, 6}, {4, 5, 6}, {4, 5, 6}, {7}};
  EXPECT_EQ(ReciprocalSets(table, 3, 1), expected);
  // The two-thirds test is strict: point 0 may not take in point 2.
  EXPECT_EQ(ExpandedSets(table, 3, HalfListLength(3, 3), 1), expected);
}

// The classic slicing at k1 = 3 has the neighbour sets of this variant at 4.
TEST(ReciprocalSets, ExampleAClassicSlicing) {
  const FloatMatrix rows = ExampleA();
  const NeighbourTable table = NearestRows(rows.view(), {.k = 4, .threads = 1});
  const RowSets full = {{0, 1, 2, 3}, {0, 1, 2, 3}, {0, 1, 2, 3}, {0, 1, 2, 3},
                        {4, 5, 6},    {4, 5, 6},    {4, 5, 6, 7}, {6, 7}};
  const RowSets half = {{0, 1}, {0, 1, 2}, {1, 2, 3}, {2, 3}, {4, 5, 6}, {4, 5, 6}, {4, 5, 6}, {7}};
  EXPECT_EQ(ReciprocalSets(table, 4, 1), full);
  EXPECT_EQ(ReciprocalSets(table, 3, 1), half);
  EXPECT_EQ(ExpandedSets(table, 4, HalfListLength(4, 4), 1), full);
}

TEST(ExpandedSets, ExampleBReallyExpands) {
  const FloatMatrix rows = ExampleB();
  const NeighbourTable table = NearestRows(rows.view(), {.k = 6, .threads = 1});
  const RowSets full = {{0, 1, 2},          {0, 1, 2},          {0, 1, 2, 3},
                        {2, 3, 4},          {3, 4, 5, 6, 7, 8}, {4, 5, 6, 7, 8, 9},
                        {4, 5, 6, 7, 8, 9}, {4, 5, 6, 7, 8, 9}, {4, 5, 6, 7, 8, 9},
                        {5, 6, 7, 8, 9}};
  const RowSets half = {{0, 1},       {0, 1, 2},    {1, 2, 3},    {2, 3, 4},    {3, 4, 5},
                        {4, 5, 6, 7}, {5, 6, 7, 8}, {5, 6, 7, 8}, {6, 7, 8, 9}, {8, 9}};
  RowSets expanded = full;
  expanded[4] = {3, 4, 5, 6, 7, 8, 9};
  expanded[9] = {4, 5, 6, 7, 8, 9};
  EXPECT_EQ(ReciprocalSets(table, 6, 1), full);
  EXPECT_EQ(ReciprocalSets(table, 4, 1), half);
  EXPECT_EQ(ExpandedSets(table, 6, HalfListLength(6, 6), 1), expanded);
}

TEST(ExpandedSets, ExampleCRoundingRule) {
  const FloatMatrix rows = ExampleB();
  const NeighbourTable table = NearestRows(rows.view(), {.k = 5, .threads = 1});
  const RowSets expected = {{0, 1, 2},       {0, 1, 2},       {0, 1, 2, 3},    {2, 3, 4},
                            {3, 4, 5, 6},    {4, 5, 6, 7, 8}, {4, 5, 6, 7, 8}, {5, 6, 7, 8, 9},
                            {5, 6, 7, 8, 9}, {7, 8, 9}};
  EXPECT_EQ(ExpandedSets(table, 5, HalfListLength(5, 5), 1), expected);
}

}  // namespace
}  // namespace bcr
