#include "harness/cluster/density/hdbscan.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cluster/density/merge_tree.h"
#include "harness/core/error.h"

namespace bcr {
namespace {

constexpr int64_t kOutlier = -1;
constexpr double kLeastDistance = 1e-6;

double Density(float distance) { return 1.0 / std::max<double>(distance, kLeastDistance); }

// A cluster of the condensed tree: what is left of a set of rows while single rows and groups too
// small fall off, until it parts in two that are large enough.
struct Condensed {
  int64_t parent = kOutlier;
  double born = 0;       // density at which it came to be
  double stability = 0;  // over rows and sub-clusters: how much longer than that they stayed
  std::vector<int64_t> children;
  bool kept = false;
};

class Condenser {
 public:
  Condenser(const MergeTree& tree, int min_size)
      : tree_(tree), min_size_(min_size), cluster_of_(tree.rows, kOutlier) {}

  std::vector<int64_t> Run() {
    if (tree_.merges.empty()) return cluster_of_;
    clusters_.emplace_back();  // the whole set
    // A stack, not recursion: the tree may be as deep as there are rows.
    open_.push_back({Root(), 0});
    while (!open_.empty()) {
      const Open next = open_.back();
      open_.pop_back();
      Part(next.node, next.cluster);
    }
    Select();
    return Labels();
  }

 private:
  struct Open {
    int64_t node, cluster;
  };

  int64_t Root() const { return static_cast<int64_t>(tree_.rows + tree_.merges.size()) - 1; }
  bool Large(int64_t node) const { return tree_.SizeOf(node) >= min_size_; }

  const MergeTree::Merge* MergeAt(int64_t node) const {
    const auto rows = static_cast<int64_t>(tree_.rows);
    return node < rows ? nullptr : &tree_.merges[node - rows];
  }

  // What a node parts in where its distance no longer counts. Merges at one distance are one event,
  // whatever their order in the tree.
  std::vector<int64_t> PartsOf(int64_t node) const {
    const float distance = MergeAt(node)->distance;
    std::vector<int64_t> parts, stack = {node};
    while (!stack.empty()) {
      const int64_t next = stack.back();
      stack.pop_back();
      const MergeTree::Merge* merge = MergeAt(next);
      if (merge == nullptr || merge->distance < distance) {
        parts.push_back(next);
      } else {
        stack.push_back(merge->right);
        stack.push_back(merge->left);
      }
    }
    return parts;
  }

  void Part(int64_t node, int64_t cluster) {
    if (MergeAt(node) == nullptr) return;
    const double density = Density(MergeAt(node)->distance);
    const std::vector<int64_t> parts = PartsOf(node);
    const auto large =
        std::count_if(parts.begin(), parts.end(), [&](int64_t part) { return Large(part); });
    for (const int64_t part : parts) {
      if (!Large(part)) {
        Leave(cluster, tree_.SizeOf(part), density);
        FallOff(part, cluster);
      } else if (large == 1) {
        open_.push_back({part, cluster});
      } else {
        Leave(cluster, tree_.SizeOf(part), density);
        clusters_[cluster].children.push_back(static_cast<int64_t>(clusters_.size()));
        open_.push_back({part, static_cast<int64_t>(clusters_.size())});
        Condensed child;
        child.parent = cluster;
        child.born = density;
        clusters_.push_back(std::move(child));
      }
    }
  }

  void Leave(int64_t cluster, int64_t rows, double density) {
    clusters_[cluster].stability += static_cast<double>(rows) * (density - clusters_[cluster].born);
  }

  // All rows below a node belong to the cluster that they leave.
  void FallOff(int64_t node, int64_t cluster) {
    std::vector<int64_t> stack = {node};
    while (!stack.empty()) {
      const int64_t next = stack.back();
      stack.pop_back();
      if (const MergeTree::Merge* merge = MergeAt(next)) {
        stack.push_back(merge->left);
        stack.push_back(merge->right);
      } else {
        cluster_of_[next] = cluster;
      }
    }
  }

  // From the leaves up: a cluster is kept unless its parts are stabler together. Clusters come after
  // their parents.
  void Select() {
    std::vector<double> best(clusters_.size());
    for (size_t c = clusters_.size(); c-- > 1;) {
      double parts = 0;
      for (const int64_t child : clusters_[c].children) parts += best[child];
      clusters_[c].kept = !(parts > clusters_[c].stability);
      best[c] = std::max(parts, clusters_[c].stability);
    }
    // Within a kept cluster nothing else is kept.
    for (size_t c = 1; c < clusters_.size(); ++c) {
      const Condensed& parent = clusters_[clusters_[c].parent];
      covered_.resize(clusters_.size(), false);
      covered_[c] = parent.kept || covered_[clusters_[c].parent];
    }
    for (size_t c = 1; c < clusters_.size(); ++c) {
      if (covered_[c]) clusters_[c].kept = false;
    }
  }

  std::vector<int64_t> Labels() const {
    std::vector<int64_t> number(clusters_.size(), kOutlier), labels(tree_.rows, kOutlier);
    int64_t next = 0;
    for (size_t i = 0; i < labels.size(); ++i) {
      int64_t cluster = cluster_of_[i];
      while (cluster > 0 && !clusters_[cluster].kept) cluster = clusters_[cluster].parent;
      if (cluster <= 0) continue;  // the whole set is no cluster
      if (number[cluster] == kOutlier) number[cluster] = next++;
      labels[i] = number[cluster];
    }
    return labels;
  }

  const MergeTree& tree_;
  const int64_t min_size_;
  std::vector<Condensed> clusters_;
  std::vector<int64_t> cluster_of_;  // the last cluster that each row was in
  std::vector<Open> open_;
  std::vector<bool> covered_;
};

}  // namespace

std::vector<int64_t> Hdbscan(const SparseGraph& graph, int min_samples, int min_size) {
  if (min_samples < 1 || min_size < 2) {
    throw Error(ErrorCode::kConfig,
                {"HDBSCAN", fmt::format("min_samples = {}, min_size = {}", min_samples, min_size),
                 "min_samples of at least 1 and min_size of at least 2", ""});
  }
  return Condenser(MutualReachabilityTree(graph, min_samples), min_size).Run();
}

}  // namespace bcr
