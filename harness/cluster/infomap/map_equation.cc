#include "harness/cluster/infomap/map_equation.h"

#include <algorithm>
#include <cmath>

namespace bcr {

double PLogP(double x) { return x > 0 ? x * std::log2(x) : 0.0; }

double NodeTerm(const std::vector<double>& nodes) {
  double sum = 0;
  for (const double visits : nodes) sum += PLogP(visits);
  return sum;
}

MapEquation::MapEquation(const std::vector<ModuleFlow>& modules, double node_term)
    : modules_(modules), node_term_(node_term) {
  for (const ModuleFlow& module : modules_) Count(module, 1, sums_);
}

void MapEquation::Count(const ModuleFlow& module, double sign, Sums& sums) {
  sums.enter += sign * module.enter;
  sums.enter_log += sign * PLogP(module.enter);
  sums.exit_log += sign * PLogP(module.exit);
  sums.whole_log += sign * PLogP(module.exit + module.visits);
}

double MapEquation::Sums::Length(double node_term) const {
  return PLogP(enter) - enter_log - exit_log + whole_log - node_term;
}

MapEquation::Sums MapEquation::Replaced(size_t a, const ModuleFlow& new_a, size_t b,
                                        const ModuleFlow& new_b) const {
  Sums sums = sums_;
  Count(modules_[a], -1, sums);
  Count(modules_[b], -1, sums);
  Count(new_a, 1, sums);
  Count(new_b, 1, sums);
  return sums;
}

double MapEquation::codelength() const { return sums_.Length(node_term_); }

double MapEquation::WithTwo(size_t a, const ModuleFlow& new_a, size_t b,
                            const ModuleFlow& new_b) const {
  return Replaced(a, new_a, b, new_b).Length(node_term_);
}

void MapEquation::SetTwo(size_t a, const ModuleFlow& new_a, size_t b, const ModuleFlow& new_b) {
  sums_ = Replaced(a, new_a, b, new_b);
  modules_[a] = new_a;
  modules_[b] = new_b;
}

double CodeLength(const DirectedGraph& graph, const LinkFlow& flow,
                  const std::vector<int32_t>& modules) {
  int32_t last = -1;
  for (const int32_t module : modules) last = std::max(last, module);
  std::vector<ModuleFlow> flows(static_cast<size_t>(last + 1));
  for (size_t i = 0; i < modules.size(); ++i) {
    flows[modules[i]].visits += flow.nodes[i];
    for (int64_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
      const int32_t target = modules[graph.targets[at]];
      if (target == modules[i]) continue;
      flows[modules[i]].exit += flow.links[at];
      flows[target].enter += flow.links[at];
    }
  }
  return MapEquation(flows, NodeTerm(flow.nodes)).codelength();
}

}  // namespace bcr
