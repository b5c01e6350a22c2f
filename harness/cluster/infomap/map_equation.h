#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/cluster/infomap/link_flow.h"

namespace bcr {

// What a random walker does to a module: enters it, leaves it, and visits its nodes.
struct ModuleFlow {
  double enter = 0, exit = 0, visits = 0;
  ModuleFlow& operator+=(const ModuleFlow& other) {
    enter += other.enter, exit += other.exit, visits += other.visits;
    return *this;
  }
};

// The two-level map equation (Rosvall and Bergstrom, PNAS 105, 2008): the bits a step that describe
// a random walk by a code for the modules it enters and one code a module for the nodes it visits
// there and for leaving it. Kept as sums, so that moving a node costs the terms of two modules.
class MapEquation {
 public:
  // Every node a module of its own, its `visits` being the flow of its nodes.
  explicit MapEquation(const std::vector<ModuleFlow>& modules, double node_term);

  double codelength() const;
  const ModuleFlow& module(size_t m) const { return modules_[m]; }
  // What the code length would be if modules a and b became these.
  double WithTwo(size_t a, const ModuleFlow& new_a, size_t b, const ModuleFlow& new_b) const;
  void SetTwo(size_t a, const ModuleFlow& new_a, size_t b, const ModuleFlow& new_b);

 private:
  struct Sums {
    double enter = 0;                                   // of flows
    double enter_log = 0, exit_log = 0, whole_log = 0;  // of x log2 x; whole: exit + visits
    double Length(double node_term) const;
  };
  static void Count(const ModuleFlow& module, double sign, Sums& sums);
  Sums Replaced(size_t a, const ModuleFlow& new_a, size_t b, const ModuleFlow& new_b) const;

  std::vector<ModuleFlow> modules_;
  Sums sums_;
  const double node_term_;
};

// x log2 x, 0 at 0.
double PLogP(double x);
// The sum of PLogP over nodes, which no partition changes.
double NodeTerm(const std::vector<double>& nodes);
// The code length of a partition, computed anew: modules[i] (0, 1, ...) is that of node i.
double CodeLength(const DirectedGraph& graph, const LinkFlow& flow,
                  const std::vector<int32_t>& modules);

}  // namespace bcr
