#include "harness/cluster/label_order.h"

#include <gtest/gtest.h>

namespace bcr {
namespace {

using Labels = std::vector<int64_t>;

TEST(DropSmallClusters, NumbersTheOthersByTheirFirstRow) {
  Labels labels = {7, 3, -1, 3, 7, 5, 3};
  DropSmallClusters(labels, 2);
  EXPECT_EQ(labels, (Labels{0, 1, -1, 1, 0, -1, 1}));
  labels = {7, 3, -1, 3, 7, 5, 3};
  DropSmallClusters(labels, 1);
  EXPECT_EQ(labels, (Labels{0, 1, -1, 1, 0, 2, 1}));
  DropSmallClusters(labels, 9);
  EXPECT_EQ(labels, Labels(7, -1));
}

// {0, 1} and {0, 1} agree on 0, 2 and 4; row 3 is alone in (1, 0), row 1 in (0, 1).
TEST(AgreedLabels, AreWhatBothPutTogether) {
  EXPECT_EQ(AgreedLabels({0, 0, 0, 1, 0, -1, 1, 1}, {2, 3, 2, 2, 2, 2, 3, 3}),
            (Labels{0, -1, 0, -1, 0, -1, 1, 1}));
  EXPECT_EQ(AgreedLabels({0, 0, 1}, {-1, -1, -1}), Labels(3, -1));
}

}  // namespace
}  // namespace bcr
