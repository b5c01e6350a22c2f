#include "harness/cluster/infomap/infomap.h"

#include <fmt/format.h>

#include <limits>
#include <numeric>

#include "harness/cluster/infomap/infomap_level.h"
#include "harness/cluster/infomap/map_equation.h"
#include "harness/core/error.h"
#include "harness/core/interrupt.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

constexpr double kLeastGain = 1e-10;  // bits: less may be rounding
constexpr int32_t kNone = -1;

// Numbers modules 0, 1, ... by their first node; returns how many there are.
size_t Renumber(std::vector<int32_t>& modules) {
  int32_t last = -1;
  for (const int32_t module : modules) last = std::max(last, module);
  std::vector<int32_t> numbers(static_cast<size_t>(last + 1), kNone);
  int32_t next = 0;
  for (int32_t& module : modules) {
    if (numbers[module] == kNone) numbers[module] = next++;
    module = numbers[module];
  }
  return static_cast<size_t>(next);
}

// Moves the nodes of one level between modules.
class Mover {
 public:
  // `modules`: where each node is at first, numbered below the number of nodes; updated.
  Mover(const InfomapLevel& level, double node_term, std::vector<int32_t>& modules)
      : level_(level),
        modules_(modules),
        sizes_(level.nodes.size(), 0),
        equation_(Flows(), node_term),
        out_(level.nodes.size(), 0.0),
        in_(level.nodes.size(), 0.0),
        seen_(level.nodes.size(), 0) {
    for (const int32_t module : modules_) ++sizes_[module];
    for (size_t m = sizes_.size(); m > 0; --m) {
      if (sizes_[m - 1] == 0) empty_.push_back(static_cast<int32_t>(m - 1));
    }
  }

  // Passes over all nodes in random order until a pass gains next to nothing. Whether any moved.
  bool Run(Random& random) {
    std::vector<int32_t> order(level_.nodes.size());
    std::iota(order.begin(), order.end(), 0);
    std::vector<uint8_t> look(order.size(), 1);  // whether anything near a node has changed
    bool moved = false;
    for (double before = std::numeric_limits<double>::infinity();
         equation_.codelength() < before - kLeastGain;) {
      ThrowIfInterrupted();
      before = equation_.codelength();
      random.Shuffle(order);
      for (const int32_t node : order) {
        if (look[node] == 0) continue;
        look[node] = 0;
        if (!Improve(node)) continue;
        moved = true;
        ForEachNeighbour(node, [&](int32_t other) { look[other] = 1; });
      }
    }
    return moved;
  }

 private:
  std::vector<ModuleFlow> Flows() const {
    std::vector<ModuleFlow> flows(level_.nodes.size());
    for (size_t i = 0; i < level_.nodes.size(); ++i) {
      flows[modules_[i]].visits += level_.nodes[i].visits;
      for (int64_t at = level_.out_begin[i]; at < level_.out_begin[i + 1]; ++at) {
        const int32_t target = modules_[level_.out[at].other];
        if (target == modules_[i]) continue;
        flows[modules_[i]].exit += level_.out[at].flow;
        flows[target].enter += level_.out[at].flow;
      }
    }
    return flows;
  }

  template <typename Visit>
  void ForEachNeighbour(int32_t node, const Visit& visit) const {
    for (int64_t at = level_.out_begin[node]; at < level_.out_begin[node + 1]; ++at)
      visit(level_.out[at].other);
    for (int64_t at = level_.in_begin[node]; at < level_.in_begin[node + 1]; ++at)
      visit(level_.in[at].other);
  }

  // The node's flow to and from every module that it touches, its own first.
  void Gather(int32_t node) {
    touched_.clear();
    const auto touch = [&](int32_t module) {
      if (seen_[module] != 0) return;
      seen_[module] = 1;
      touched_.push_back(module);
    };
    touch(modules_[node]);
    for (int64_t at = level_.out_begin[node]; at < level_.out_begin[node + 1]; ++at) {
      const int32_t module = modules_[level_.out[at].other];
      touch(module);
      out_[module] += level_.out[at].flow;
    }
    for (int64_t at = level_.in_begin[node]; at < level_.in_begin[node + 1]; ++at) {
      const int32_t module = modules_[level_.in[at].other];
      touch(module);
      in_[module] += level_.in[at].flow;
    }
  }

  ModuleFlow Without(int32_t node, int32_t module) const {
    const ModuleFlow &all = equation_.module(module), &one = level_.nodes[node];
    return {all.enter - (one.enter - in_[module]) + out_[module],
            all.exit - (one.exit - out_[module]) + in_[module], all.visits - one.visits};
  }
  ModuleFlow With(int32_t node, int32_t module) const {
    const ModuleFlow &all = equation_.module(module), &one = level_.nodes[node];
    return {all.enter + (one.enter - in_[module]) - out_[module],
            all.exit + (one.exit - out_[module]) - in_[module], all.visits + one.visits};
  }

  // Moves the node to where the code is shortest; whether it moved. Equal lengths: the module that
  // was touched first.
  bool Improve(int32_t node) {
    Gather(node);
    const int32_t own = modules_[node];
    if (sizes_[own] > 1) touched_.push_back(empty_.back());
    const ModuleFlow left = sizes_[own] > 1 ? Without(node, own) : ModuleFlow{};
    double shortest = equation_.codelength() - kLeastGain;
    int32_t best = kNone;
    for (const int32_t module : touched_) {
      if (module == own) continue;
      const double length = equation_.WithTwo(own, left, module, With(node, module));
      if (!(length < shortest)) continue;
      shortest = length;
      best = module;
    }
    if (best != kNone) Move(node, best, left);
    for (const int32_t module : touched_) out_[module] = in_[module] = 0, seen_[module] = 0;
    return best != kNone;
  }

  void Move(int32_t node, int32_t to, const ModuleFlow& left) {
    const int32_t from = modules_[node];
    equation_.SetTwo(from, left, to, With(node, to));
    if (sizes_[to] == 0) empty_.pop_back();
    ++sizes_[to];
    if (--sizes_[from] == 0) empty_.push_back(from);
    modules_[node] = to;
  }

  const InfomapLevel& level_;
  std::vector<int32_t>& modules_;
  std::vector<int32_t> sizes_, empty_;  // empty_: modules without nodes, the last one next
  MapEquation equation_;
  std::vector<double> out_, in_;  // of the node in hand, by module
  std::vector<uint8_t> seen_;
  std::vector<int32_t> touched_;
};

// One search.
class Search {
 public:
  Search(const DirectedGraph& graph, const LinkFlow& flow, uint64_t seed)
      : graph_(graph),
        flow_(flow),
        node_term_(NodeTerm(flow.nodes)),
        leaves_(LeafLevel(graph, flow)),
        random_(seed) {}

  InfomapResult Run() {
    std::vector<int32_t> modules(graph_.nodes());
    std::iota(modules.begin(), modules.end(), 0);
    InfomapResult best{modules, CodeLength(graph_, flow_, modules)};
    for (;;) {
      Mover(leaves_, node_term_, modules).Run(random_);
      JoinModules(modules);
      const double length = CodeLength(graph_, flow_, modules);
      if (!(length < best.codelength - kLeastGain)) return best;
      best = {modules, length};
    }
  }

 private:
  // Moves whole modules, and modules of modules, until none gains.
  void JoinModules(std::vector<int32_t>& modules) {
    size_t count = Renumber(modules);
    InfomapLevel level = JoinedLevel(leaves_, modules, count);
    for (;;) {
      std::vector<int32_t> joined(count);
      std::iota(joined.begin(), joined.end(), 0);
      if (!Mover(level, node_term_, joined).Run(random_)) return;
      const size_t fewer = Renumber(joined);
      for (int32_t& module : modules) module = joined[module];
      level = JoinedLevel(level, joined, fewer);
      count = fewer;
    }
  }

  const DirectedGraph& graph_;
  const LinkFlow& flow_;
  const double node_term_;
  const InfomapLevel leaves_;
  Random random_;
};

}  // namespace

InfomapResult Infomap(const DirectedGraph& graph, const InfomapOptions& options) {
  if (options.trials < 1)
    throw Error(ErrorCode::kConfig,
                {"Infomap", fmt::format("{} trials", options.trials), "1 or more", ""});
  const LinkFlow flow = FlowOf(graph);
  InfomapResult best;
  for (int trial = 0; trial < options.trials; ++trial) {
    InfomapResult found =
        Search(graph, flow, DeriveSeed(DeriveSeed(options.seed, "infomap"), trial)).Run();
    if (trial == 0 || found.codelength < best.codelength) best = std::move(found);
  }
  Renumber(best.modules);
  return best;
}

}  // namespace bcr
