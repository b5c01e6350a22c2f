// Ranking-based backward-compatible learning: each new feature ranks the frozen old features, and
// the ranking's smoothed average precision is maximised. Reconstruction: the paper's abstract is
// public, its formulas are not.
//   anchors n^_a (unit, in the old width), retrieval set R = batch old features + neighbour context
//   agents (all frozen), S = N R^T, L = 1 - mean over anchors with a positive and a negative of
//   Smooth-AP(S_a), with dynamic gradient reactivation (smooth_ap.h) and agents (agents.h).
//   `warmup` ramps the term linearly over that share of training.
// Pan et al., "Dynamic Gradient Reactivation for Backward Compatible Person Re-identification",
// arXiv:2207.05658.
#include <ATen/ATen.h>

#include <algorithm>
#include <map>

#include "harness/train/objective.h"
#include "harness/train/upload.h"
#include "methods/objectives/ranking/agents.h"
#include "methods/objectives/ranking/smooth_ap.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

struct RbclOptions {
  SmoothApOptions smooth;
  std::string agents;
  int64_t neighbours = 50;
  bool include_self = true;
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

class Rbcl : public Objective {
 public:
  explicit Rbcl(RbclOptions options) : options_(std::move(options)) {}

  void Prepare(const TrainingSet& set) override {
    old_ = set.old_model;
    device_ = set.device;
  }

  void OnLabels(const LabelSet& labels) override {
    agents_ = NewAgents(options_.agents, old_->features, labels, options_.neighbours);
    table_ = FromMatrix(agents_->table()).to(at::Device(device_));
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor anchors = UnitRows(batch[Slot::kCompatible]);
    const at::Tensor labels = batch[Slot::kLabels];
    const auto type = anchors.scalar_type();
    at::Tensor old = UnitRows(batch[Slot::kOldFeatures]).detach().to(type);
    at::Tensor old_labels = labels;
    const AgentRows agents = agents_->For(batch.rows, batch.labels);
    if (!agents.labels.empty()) {
      const at::Tensor chosen = table_.index_select(0, Upload(agents.rows, device_));
      old = at::cat({old, chosen.to(type)});
      old_labels = at::cat({labels, Upload(agents.labels, device_)});
    }
    const at::Tensor scores = anchors.matmul(old.t());
    const at::Tensor valid = batch[Slot::kValid].unsqueeze(1);
    const at::Tensor same = labels.unsqueeze(1).eq(old_labels.unsqueeze(0));
    at::Tensor positives = same.logical_and(valid);
    if (!options_.include_self) {
      // By row, not by place in the batch: the sampler repeats images of small identities. Agents
      // hold no batch row's own feature (agents.h).
      const at::Tensor rows = batch[Slot::kRows];
      const at::Tensor own = at::constant_pad_nd(rows.unsqueeze(1).eq(rows.unsqueeze(0)),
                                                 {0, old_labels.size(0) - rows.size(0)}, 0);
      positives = positives.logical_and(own.logical_not());
    }
    const at::Tensor negatives =
        same.logical_not().logical_and(valid).logical_and(old_labels.unsqueeze(0).ge(0));

    const int64_t most = MostPositives(batch, agents.labels, options_.include_self);
    at::Tensor precision, usable, live_share, mean_hardest;
    SmoothAp(scores, positives, negatives, most, options_.smooth, &precision, &usable,
             {&live_share, &mean_hardest});
    const double ramp = options_.warmup > 0 ? std::min(1.0, batch.progress / options_.warmup) : 1.0;
    terms.Add("rank", MaskedMean(1.0 - precision, usable) * ramp);

    SmoothApOptions plain = options_.smooth;
    plain.reactivation = "none";
    SmoothAp(scores.detach(), positives, negatives, most, plain, &precision, &usable);
    terms.Log("rank_raw", MaskedMean(1.0 - precision, usable));
    terms.Log("live_share", live_share);
    terms.Log("mean_hardest", mean_hardest);
    terms.Log("agents", static_cast<double>(agents.labels.size()));
  }

 private:
  RbclOptions options_;
  const OldModel* old_ = nullptr;
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
  options.agents = reader.Choice("agents", {"none", "centroid", "instance"});
  options.neighbours = reader.Integer("neighbours", -1, 1'000'000);
  options.include_self = reader.Bool("include_self");
  options.warmup = reader.Number("warmup", 0.0, 1.0);
  return std::make_unique<Rbcl>(options);
}

}  // namespace

const ObjectiveInfo& objective_rbcl() {
  static const ObjectiveInfo info = {
      .name = "rbcl",
      .revision = 1,
      .about = "Cross-model Smooth-AP with gradient reactivation and neighbour context agents",
      .source = "reconstruction of Pan et al., arXiv:2207.05658, from its abstract",
      .needs_old_model = true,
      .parameters =
          R"({"temperature": 0.01, "reactivation": "A", "beta": 2.0, "wide_temperature": 0.05,
                        "agents": "centroid", "neighbours": 50, "include_self": true, "warmup": 0.08})",
      // Reactivation constants are detached: only `none`, and C with equal temperatures, match
      // finite differences.
      .gradient_checks = R"([{"reactivation": "none", "temperature": 0.2, "warmup": 0.0},
                             {"reactivation": "none", "temperature": 0.2, "agents": "none", "include_self": false,
                              "warmup": 0.0},
                             {"reactivation": "none", "temperature": 0.2, "agents": "instance", "neighbours": 3,
                              "warmup": 0.0},
                             {"reactivation": "C", "temperature": 0.2, "wide_temperature": 0.2, "warmup": 0.0}])",
      .make = &Make};
  return info;
}

}  // namespace bcr
