// Infomap against the Infomap package 2.16 (flow model directed, two levels), whose numbers
// scripts/reference/clusters.py prints, and on planted graphs.
#include "harness/cluster/infomap/infomap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "harness/cluster/infomap/map_equation.h"
#include "harness/core/error.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

using Modules = std::vector<int32_t>;
struct Link {
  int32_t from, to;
  double weight;
};

DirectedGraph GraphOfLinks(size_t nodes, const std::vector<Link>& links) {
  std::vector<std::map<int32_t, double>> rows(nodes);
  for (const Link& link : links) rows[link.from][link.to] += link.weight;
  DirectedGraph graph;
  graph.begin.push_back(0);
  for (const auto& row : rows) {
    for (const auto& [to, weight] : row) {
      graph.targets.push_back(to);
      graph.weights.push_back(weight);
    }
    graph.begin.push_back(static_cast<int64_t>(graph.targets.size()));
  }
  return graph;
}

// Two circles with one way from the first to the second, and a node that nothing leaves.
const std::vector<Link> kTwoCircles = {{0, 1, 1}, {1, 2, 2}, {2, 0, 1}, {2, 3, .5}, {3, 4, 1},
                                       {4, 5, 2}, {5, 3, 1}, {5, 6, 1}, {1, 0, 1}};

TEST(LinkFlow, EqualsThePackageWithADeadEnd) {
  const LinkFlow flow = FlowOf(GraphOfLinks(7, kTwoCircles));
  const double expected[] = {0.16639039629107916, 0.16307643774425923, 0.13569918318209737,
                             0.14017429578159213, 0.14079275231119515, 0.1629630412581996,
                             0.09090389343157691};
  for (size_t i = 0; i < 7; ++i) EXPECT_NEAR(flow.nodes[i], expected[i], 1e-12) << i;
  EXPECT_NEAR(std::accumulate(flow.links.begin(), flow.links.end(), 0.0), 1.0, 1e-12);
}

TEST(LinkFlow, WithoutLinksNothingFlows) {
  const LinkFlow flow = FlowOf(GraphOfLinks(3, {}));
  EXPECT_EQ(flow.nodes, std::vector<double>(3, 0.0));
}

TEST(MapEquation, EqualsThePackageForGivenPartitions) {
  const DirectedGraph ends = GraphOfLinks(7, kTwoCircles);
  std::vector<Link> with_return = kTwoCircles;
  with_return.push_back({6, 0, .25});
  const DirectedGraph returns = GraphOfLinks(8, with_return);  // node 7 has no link
  const struct {
    const DirectedGraph& graph;
    Modules modules;
    double codelength;
  } cases[] = {{ends, {0, 0, 0, 1, 1, 1, 1}, 2.022594198528198},
               {ends, {0, 0, 0, 0, 0, 0, 0}, 2.784785328405305},
               {ends, {0, 1, 2, 3, 4, 5, 6}, 4.688341952181621},
               {ends, {0, 0, 0, 1, 1, 1, 2}, 2.1537125501160714},
               {returns, {0, 0, 0, 1, 1, 1, 1, 2}, 2.3405152606429427},
               {returns, {0, 0, 0, 0, 0, 0, 0, 0}, 2.7062629349743874}};
  for (const auto& c : cases)
    EXPECT_NEAR(CodeLength(c.graph, FlowOf(c.graph), c.modules), c.codelength, 1e-12);
}

// What a move is said to give is what the whole sum says afterwards.
TEST(MapEquation, ReplacingTwoModulesKeepsTheSums) {
  Random random(3);
  std::vector<ModuleFlow> modules(6);
  const auto draw = [&] {
    return ModuleFlow{random.Uniform(), random.Uniform(), random.Uniform()};
  };
  for (ModuleFlow& module : modules) module = draw();
  MapEquation equation(modules, -1.5);
  for (int round = 0; round < 20; ++round) {
    const size_t a = random.Below(3), b = 3 + random.Below(3);
    const ModuleFlow new_a = draw(), new_b = draw();
    const double promised = equation.WithTwo(a, new_a, b, new_b);
    equation.SetTwo(a, new_a, b, new_b);
    modules[a] = new_a;
    modules[b] = new_b;
    EXPECT_EQ(equation.codelength(), promised);
    EXPECT_NEAR(equation.codelength(), MapEquation(modules, -1.5).codelength(), 1e-12);
  }
}

TEST(Infomap, FindsThePackagesPartitions) {
  const InfomapResult ends = Infomap(GraphOfLinks(7, kTwoCircles), {});
  EXPECT_EQ(ends.modules, (Modules{0, 0, 0, 1, 1, 1, 1}));
  EXPECT_NEAR(ends.codelength, 2.022594198528198, 1e-12);
  std::vector<Link> with_return = kTwoCircles;
  with_return.push_back({6, 0, .25});
  const InfomapResult returns = Infomap(GraphOfLinks(8, with_return), {});
  EXPECT_EQ(returns.modules, (Modules{0, 0, 0, 1, 1, 1, 1, 2}));
  EXPECT_NEAR(returns.codelength, 2.3405152606429427, 1e-12);
}

// Groups of ten, well linked within and now and then to others.
DirectedGraph Planted(size_t groups, double across, uint64_t seed) {
  Random random(seed);
  std::vector<Link> links;
  const auto nodes = static_cast<int32_t>(groups * 10);
  for (int32_t i = 0; i < nodes; ++i) {
    for (int l = 0; l < 6; ++l) {
      const auto to = random.Chance(across) ? random.Below(static_cast<uint64_t>(nodes))
                                            : i / 10 * 10 + random.Below(10);
      if (static_cast<int32_t>(to) != i)
        links.push_back({i, static_cast<int32_t>(to), random.Uniform(.5, 1)});
    }
  }
  return GraphOfLinks(static_cast<size_t>(nodes), links);
}

TEST(Infomap, PlantedGroupsAreFound) {
  const InfomapResult found = Infomap(Planted(40, .05, 1), {});
  for (size_t i = 0; i < found.modules.size(); ++i)
    ASSERT_EQ(found.modules[i], static_cast<int32_t>(i / 10)) << i;
}

TEST(Infomap, TheResultsCodeLengthIsThatOfItsModules) {
  const DirectedGraph graph = Planted(30, .4, 2);
  const InfomapResult found = Infomap(graph, {.seed = 5});
  EXPECT_EQ(found.codelength, CodeLength(graph, FlowOf(graph), found.modules));
}

// No single node gains by moving to another module.
TEST(Infomap, NoMoveOfOneNodeIsBetter) {
  const DirectedGraph graph = Planted(8, .4, 3);
  const LinkFlow flow = FlowOf(graph);
  const InfomapResult found = Infomap(graph, {});
  const int32_t count = *std::max_element(found.modules.begin(), found.modules.end()) + 1;
  ASSERT_GT(count, 1);
  for (size_t i = 0; i < found.modules.size(); ++i) {
    for (int32_t module = 0; module <= count; ++module) {
      Modules moved = found.modules;
      moved[i] = module;
      EXPECT_GE(CodeLength(graph, flow, moved), found.codelength - 1e-9) << i << " " << module;
    }
  }
}

TEST(Infomap, MoreTrialsAreNeverLongerAndSeedsRepeat) {
  const DirectedGraph graph = Planted(30, .5, 4);
  const InfomapResult one = Infomap(graph, {.seed = 9});
  EXPECT_EQ(Infomap(graph, {.seed = 9}).modules, one.modules);
  EXPECT_LE(Infomap(graph, {.seed = 9, .trials = 8}).codelength, one.codelength);
  std::set<Modules> several;
  for (uint64_t seed = 0; seed < 10; ++seed) several.insert(Infomap(graph, {.seed = seed}).modules);
  EXPECT_GT(several.size(), 1U) << "the graph is no test of the order";
}

TEST(Infomap, EmptyAndRefusedInputs) {
  EXPECT_TRUE(Infomap(GraphOfLinks(0, {}), {}).modules.empty());
  EXPECT_EQ(Infomap(GraphOfLinks(3, {}), {}).modules, (Modules{0, 1, 2}));
  EXPECT_THROW(Infomap(GraphOfLinks(2, {{0, 1, 1}}), {.trials = 0}), Error);
}

}  // namespace
}  // namespace bcr
