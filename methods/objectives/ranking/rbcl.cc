// Ranking-based backward-compatible learning: each new feature ranks the frozen old features, and
// the ranking's smoothed average precision is maximised. Reconstruction: the paper's abstract is
// public, its formulas are not.
//   anchors n^_a (unit, in the old width), retrieval set R = batch old features + neighbour context
//   agents (all frozen), S = N R^T, L = 1 - mean over anchors with a positive and a negative of
//   Smooth-AP(S_a), with dynamic gradient reactivation (smooth_ap.h) and agents (agents.h).
//   `warmup` ramps the term linearly over that share of training.
// What the abstract leaves open has a switch each:
//   agent_positives  agents of the anchor's identity are positives; otherwise they take no part
//   agent_lists      batch: an anchor ranks all agents of the batch; own: those of its own list
//   agent_weight     each: an agent counts like an image; batch: Na agents count like B images where
//                    there are more of them
//   reactivated      all | images | agents: the pairs that reactivation is for
//   most_positives   an anchor with more positives keeps the nearest of the old space; the others take
//                    no part. A cluster of hundreds of images would cost B x hundreds x M otherwise.
// Pan et al., "Dynamic Gradient Reactivation for Backward Compatible Person Re-identification",
// arXiv:2207.05658.
#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "harness/train/objective.h"
#include "harness/train/upload.h"
#include "methods/objectives/ranking/agents.h"
#include "methods/objectives/ranking/smooth_ap.h"
#include "methods/support/pairs.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

// Of a block of differences: 4 MiB in float32, of which autograd keeps about ten.
constexpr int64_t kMostElements = int64_t{1} << 20;

struct RbclOptions {
  SmoothApOptions smooth;
  AgentOptions agents;
  bool agent_positives = true;
  bool own_lists = false;
  bool weigh_agents = false;
  std::string reactivated;
  bool include_self = true;
  int64_t most_positives = 0;  // 0: all
  double warmup = 0;
};

// The most positives that an anchor has: retrieval rows of its label, where `include_self` is off
// without those of its own image.
int64_t MostPositives(const Batch& batch, const std::vector<int64_t>& agents, bool include_self) {
  std::map<int64_t, int64_t> of_label, of_row;
  for (const int64_t label : batch.labels) ++of_label[label];
  for (const int64_t label : agents) ++of_label[label];
  for (const int64_t row : batch.rows) ++of_row[row];
  int64_t most = 1;
  for (size_t b = 0; b < batch.labels.size(); ++b) {
    if (batch.labels[b] < 0) continue;
    const int64_t own = include_self ? 0 : of_row[batch.rows[b]];
    most = std::max(most, of_label[batch.labels[b]] - own);
  }
  return most;
}

// Agents that may count as positives or negatives of each anchor.
struct RetrievalSet {
  at::Tensor old, labels;  // (B + Na) x d_o unit rows, B + Na
  at::Tensor listed;       // B x (B + Na) bool; undefined where every anchor ranks everything
  int64_t images = 0, agents = 0;
};

// Which items are images of the batch, or which are agents: M bool.
at::Tensor ItemsOf(const RetrievalSet& set, bool agents) {
  const at::Tensor place = at::arange(set.images + set.agents, set.labels.options());
  return agents ? place.ge(set.images) : place.lt(set.images);
}

// Of each anchor's positives those `count` that are nearest in the old space. B x M each.
at::Tensor NearestPositives(const at::Tensor& positives, const at::Tensor& old_scores,
                            int64_t count) {
  constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();
  const at::Tensor masked = old_scores.masked_fill(positives.logical_not(), kMinusInfinity);
  const at::Tensor nearest = std::get<1>(masked.topk(count, 1));
  return at::zeros_like(positives).scatter(1, nearest, 1).logical_and(positives);
}

// Smooth-AP as a whole where its B x P x M differences are few, in blocks otherwise.
void Rank(const at::Tensor& scores, const at::Tensor& positives, const at::Tensor& negatives,
          int64_t most_positives, const SmoothApOptions& options, at::Tensor* average_precision,
          at::Tensor* usable, const SmoothApItems& items, const SmoothApSums* sums) {
  if (scores.numel() * most_positives <= kMostElements) {
    SmoothAp(scores, positives, negatives, most_positives, options, average_precision, usable,
             items, sums);
  } else {
    SmoothApInBlocks(scores, positives, negatives, most_positives, options, kMostElements,
                     average_precision, usable, items, sums);
  }
}

class Rbcl : public Objective {
 public:
  explicit Rbcl(RbclOptions options) : options_(std::move(options)) {}

  void Prepare(const TrainingSet& set) override {
    old_ = set.old_model;
    cameras_ = set.cameras;
    device_ = set.device;
  }

  void OnLabels(const LabelSet& labels) override {
    agents_ = NewAgents(options_.agents, old_->features, labels, cameras_);
    table_ = FromMatrix(agents_->table()).to(at::Device(device_));
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const auto [anchors, old] = NewAndOld(batch);
    const AgentRows agents = agents_->For(batch.rows, batch.labels, options_.own_lists);
    const RetrievalSet set = Retrieve(batch, old, agents);
    const at::Tensor scores = anchors.matmul(set.old.t());
    auto [positives, negatives] = Relevance(batch, set);
    int64_t most =
        MostPositives(batch, options_.agent_positives ? agents.labels : std::vector<int64_t>(),
                      options_.include_self);
    if (options_.most_positives > 0 && most > options_.most_positives) {
      most = options_.most_positives;
      positives = NearestPositives(positives, old.matmul(set.old.t()), most);
    }
    at::Tensor weights, reactivated;
    SmoothApItems items;
    if (options_.weigh_agents && set.agents > set.images) {
      const double weight = static_cast<double>(set.images) / static_cast<double>(set.agents);
      weights = at::where(ItemsOf(set, true), weight, 1.0).to(scores.scalar_type());
      items.weights = &weights;
    }
    if (options_.reactivated != "all") {
      reactivated = ItemsOf(set, options_.reactivated == "agents");
      items.reactivated = &reactivated;
    }
    at::Tensor precision, usable, live, pairs, hardest, listed;
    const SmoothApSums sums{&live, &pairs, &hardest, &listed};
    Rank(scores, positives, negatives, most, options_.smooth, &precision, &usable, items, &sums);
    const double ramp = options_.warmup > 0 ? std::min(1.0, batch.progress / options_.warmup) : 1.0;
    terms.Add("rank", MaskedMean(1.0 - precision, usable) * ramp);

    SmoothApOptions plain = options_.smooth;
    plain.reactivation = "none";
    items.reactivated = nullptr;
    Rank(scores.detach(), positives, negatives, most, plain, &precision, &usable, items, nullptr);
    terms.Log("rank_raw", MaskedMean(1.0 - precision, usable));
    terms.Log("live_share", live / pairs.clamp_min(1));
    terms.Log("mean_hardest", hardest / listed.clamp_min(1));
    terms.Log("agents", static_cast<double>(agents.labels.size()));
  }

 private:
  RetrievalSet Retrieve(const Batch& batch, const at::Tensor& old, const AgentRows& agents) const {
    RetrievalSet set{old,
                     batch[Slot::kLabels],
                     {},
                     static_cast<int64_t>(batch.labels.size()),
                     static_cast<int64_t>(agents.labels.size())};
    if (set.agents == 0) return set;
    const at::Tensor chosen = table_.index_select(0, Upload(agents.rows, device_));
    set.old = at::cat({set.old, chosen.to(old.scalar_type())});
    set.labels = at::cat({set.labels, Upload(agents.labels, device_)});
    if (options_.own_lists) {
      const std::vector<int64_t> own(agents.own.begin(), agents.own.end());
      const at::Tensor lists = Upload(own, device_).view({set.images, set.agents}).gt(0);
      set.listed = at::constant_pad_nd(lists, {set.images, 0}, 1);
    }
    return set;
  }

  // B x (B + Na) each.
  std::pair<at::Tensor, at::Tensor> Relevance(const Batch& batch, const RetrievalSet& set) const {
    const at::Tensor labels = batch[Slot::kLabels];
    const at::Tensor valid = batch[Slot::kValid].unsqueeze(1);
    const at::Tensor same = labels.unsqueeze(1).eq(set.labels.unsqueeze(0));
    at::Tensor positives = same.logical_and(valid);
    if (!options_.include_self) {
      // By row, not by place in the batch: the sampler repeats images of small identities. Agents
      // hold no batch row's own feature (agents.h).
      const at::Tensor own = at::constant_pad_nd(OwnImage(batch), {0, set.agents}, 0);
      positives = positives.logical_and(own.logical_not());
    }
    if (!options_.agent_positives) {
      positives = positives.logical_and(ItemsOf(set, false).unsqueeze(0));
    }
    at::Tensor negatives =
        same.logical_not().logical_and(valid).logical_and(set.labels.unsqueeze(0).ge(0));
    if (set.listed.defined()) {
      positives = positives.logical_and(set.listed);
      negatives = negatives.logical_and(set.listed);
    }
    return {positives, negatives};
  }

  RbclOptions options_;
  const OldModel* old_ = nullptr;
  std::vector<int64_t> cameras_;  // of the training rows
  std::string device_;
  std::unique_ptr<Agents> agents_;
  at::Tensor table_;  // what agents are rows of
};

std::unique_ptr<Objective> Make(JsonReader& reader) {
  RbclOptions options;
  options.smooth.temperature = reader.Number("temperature", 1e-4, 10.0);
  options.smooth.reactivation = reader.Choice("reactivation", {"none", "A", "A1", "B", "C"});
  options.smooth.beta = reader.Number("beta", 0.0, 100.0);
  options.smooth.wide_temperature = reader.Number("wide_temperature", 1e-4, 10.0);
  options.smooth.most_negatives = reader.Number("most_negatives", 0.0, 1e6);
  options.agents.kind =
      reader.Choice("agents", {"none", "centroid", "camera", "instance", "context"});
  options.agents.neighbours = reader.Integer("neighbours", -1, 1'000'000);
  options.agent_positives = reader.Bool("agent_positives");
  options.own_lists = reader.Choice("agent_lists", {"batch", "own"}) == "own";
  options.weigh_agents = reader.Choice("agent_weight", {"each", "batch"}) == "batch";
  options.reactivated = reader.Choice("reactivated", {"all", "images", "agents"});
  options.include_self = reader.Bool("include_self");
  options.most_positives = reader.Integer("most_positives", 0, 1'000'000);
  options.warmup = reader.Number("warmup", 0.0, 1.0);
  return std::make_unique<Rbcl>(options);
}

}  // namespace

const ObjectiveInfo& objective_rbcl() {
  static const ObjectiveInfo info = {
      .name = "rbcl",
      .revision = 2,
      .about = "Cross-model Smooth-AP with gradient reactivation and neighbour context agents",
      .source = "reconstruction of Pan et al., arXiv:2207.05658, from its abstract",
      .needs_old_model = true,
      .parameters =
          R"({"temperature": 0.01, "reactivation": "A", "beta": 2.0, "wide_temperature": 0.05,
               "most_negatives": 0.0, "reactivated": "all", "agents": "centroid", "neighbours": 50,
               "agent_positives": true, "agent_lists": "batch", "agent_weight": "each",
               "include_self": true, "most_positives": 32, "warmup": 0.08})",
      // Reactivation constants are detached: only `none`, and C with equal temperatures, match
      // finite differences.
      .gradient_checks = R"([{"reactivation": "none", "temperature": 0.2, "warmup": 0.0},
                             {"reactivation": "none", "temperature": 0.2, "agents": "none", "include_self": false,
                              "warmup": 0.0},
                             {"reactivation": "none", "temperature": 0.2, "agents": "instance", "neighbours": 3,
                              "warmup": 0.0},
                             {"reactivation": "none", "temperature": 0.2, "agents": "context", "neighbours": 3,
                              "agent_lists": "own", "agent_weight": "batch", "warmup": 0.0},
                             {"reactivation": "none", "temperature": 0.2, "agents": "camera", "neighbours": 2,
                              "agent_positives": false, "warmup": 0.0},
                             {"reactivation": "C", "temperature": 0.2, "wide_temperature": 0.2, "warmup": 0.0}])",
      .make = &Make};
  return info;
}

}  // namespace bcr
