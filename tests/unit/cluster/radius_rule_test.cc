// The radius that DBSCAN takes from the data: by the distances of the fact sheet's example B, added up
// by hand.
#include "harness/cluster/density/radius_rule.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "tests/unit/cluster/points.h"

namespace bcr {
namespace {

double RadiusOfB(double share) {
  JaccardOptions options;
  options.k1 = 6;
  options.k2 = 3;
  options.threads = 1;
  const FloatMatrix rows = ExampleB();
  return RadiusByShare(rows.view(), NearestRows(rows.view(), NeighboursFor(options)), options,
                       share);
}

// Of 45 pairs 3 are at 0 and do not count; 42 are left, 10 of which lie at 1 and are in no graph.
TEST(RadiusRule, IsTheMeanOfTheSmallestShareOfDistances) {
  EXPECT_NEAR(RadiusOfB(1e-6), 0.043626, 1e-5) << "one at least";
  EXPECT_NEAR(RadiusOfB(0.1), (2 * 0.043626 + 2 * 0.058169) / 4, 1e-5) << "4.2 pairs";
  EXPECT_NEAR(RadiusOfB(0.2), 0.0751088, 1e-5) << "8.4 pairs";
  EXPECT_NEAR(RadiusOfB(0.25), 0.147446, 1e-5) << "10.5 pairs: half to even";
  EXPECT_NEAR(RadiusOfB(0.5), 0.386053, 1e-5) << "21 pairs, up to 0.767667";
  EXPECT_NEAR(RadiusOfB(1), 0.660227, 1e-5) << "all of them";
}

TEST(RadiusRule, AGraphThatHoldsTooFewPairsIsNoAnswer) {
  SparseGraph graph;  // 0 - 1 at 0.2, 1 - 2 at 0.4, 0 - 2 farther than its bound
  graph.begin = {0, 1, 3, 4};
  graph.cols = {1, 0, 2, 1};
  graph.distances = {0.2F, 0.2F, 0.4F, 0.4F};
  EXPECT_NEAR(RadiusIn(graph, 2.0 / 3, false), 0.3, 1e-6);
  EXPECT_LT(RadiusIn(graph, 1, false), 0);
  EXPECT_NEAR(RadiusIn(graph, 1, true), 1.6 / 3, 1e-6) << "what is left out lies at 1";
}

TEST(RadiusRule, WithoutDistancesItIsZero) {
  JaccardOptions options;
  options.threads = 1;
  const FloatMatrix one = OnCircle({5}), equal = OnCircle({5, 5, 5, 5});
  for (const FloatMatrix* rows : {&one, &equal}) {
    EXPECT_EQ(RadiusByShare(rows->view(), NearestRows(rows->view(), NeighboursFor(options)),
                            options, 0.5),
              0);
  }
  EXPECT_THROW(RadiusOfB(0), Error);
  EXPECT_THROW(RadiusOfB(1.5), Error);
}

}  // namespace
}  // namespace bcr
