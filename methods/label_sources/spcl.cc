// Pseudo labels of SpCL: DBSCAN at three radii; images of clusters that are apart from others and stay
// together keep their cluster, all others become classes of their own (Ge et al., "Self-paced
// Contrastive Learning with Hybrid Memory", NeurIPS 2020, arXiv:2006.02713; rules and defaults as in
// the authors' public code). The threshold of independence is set before the first epoch and kept.
// Features are those that the hybrid memory remembers (Objective::Remembered), the current ones before
// the first epoch.
#include <ATen/ATen.h>

#include <nlohmann/json.hpp>

#include "harness/cluster/centroids.h"
#include "harness/cluster/density/dbscan.h"
#include "harness/cluster/neighbour_parameters.h"
#include "harness/cluster/self_paced.h"
#include "harness/core/error.h"
#include "harness/train/label_source.h"
#include "methods/support/cluster_notes.h"

namespace bcr {

namespace {

constexpr char kHint[] =
    "Raise eps (too many outliers) or lower it (one cluster), or start from a better model.";

struct Options {
  JaccardOptions jaccard;  // its bound is eps + gap
  float eps = 0.6F, gap = 0.02F;
  int min_samples = 4;
  double share = 0.9;
};

class SelfPaced : public LabelSource {
 public:
  SelfPaced(const Options& options, const LabelContext& context)
      : options_(options), context_(context) {}

  bool Refresh(const EpochStart& start, LabelSet& labels) override {
    const SparseGraph graph = KReciprocalJaccard(start.features().view(), options_.jaccard);
    const auto at = [&](float eps) { return Dbscan(graph, eps, options_.min_samples); };
    const ThreeClusterings clusterings = {at(options_.eps), at(options_.eps - options_.gap),
                                          at(options_.eps + options_.gap)};
    if (!set_) threshold_ = SelfPacedThreshold(clusterings, options_.share);
    set_ = true;
    std::vector<int64_t> reliable = SelfPacedLabels(clusterings, threshold_);
    NoteClusters(start.epoch, reliable, context_, kHint, notes_);
    notes_.back()["independence_threshold"] = threshold_;
    NumberOutliers(reliable);
    labels = LabelSet();
    labels.labels = std::move(reliable);
    labels.classes = LabelCount(labels.labels);
    return true;
  }

  Json Notes() const override { return notes_; }

  void Save(std::map<std::string, at::Tensor>& state) const override {
    if (set_) state["threshold"] = at::scalar_tensor(threshold_, at::kDouble);
  }
  void Load(const std::map<std::string, at::Tensor>& state) override {
    const auto found = state.find("threshold");
    set_ = found != state.end();
    if (set_) threshold_ = found->second.item<double>();
  }

 private:
  const Options options_;
  const LabelContext context_;
  bool set_ = false;
  double threshold_ = 0;
  Json notes_ = Json::array();
};

std::unique_ptr<LabelSource> Make(JsonReader& reader, const LabelContext& context) {
  Options options;
  options.jaccard = ReadJaccard(reader);
  options.eps = static_cast<float>(reader.Number("eps", 0.0, 1.0));
  options.gap = static_cast<float>(reader.Number("gap", 0.0, 0.5));
  options.min_samples = static_cast<int>(reader.Integer("min_samples", 1, 1000));
  options.share = reader.Number("share", 0.0, 1.0);
  options.jaccard.max_distance = options.eps + options.gap;
  if (options.eps - options.gap < 0 || options.jaccard.max_distance >= 1) {
    throw Error(ErrorCode::kConfig,
                {reader.where(), "eps - gap below 0, or eps + gap of 1 or more",
                 "three radii from 0 to less than 1", "Images with nothing in common are at 1."});
  }
  return std::make_unique<SelfPaced>(options, context);
}

}  // namespace

const LabelSourceInfo& label_source_spcl() {
  static const LabelSourceInfo info = {
      .name = "spcl",
      .revision = 1,
      .about =
          "DBSCAN at three radii; clusters and members that are not reliable become singletons",
      .source = "Ge et al., NeurIPS 2020, arXiv:2006.02713",
      .parameters =
          R"({"variant": "faiss", "k1": 30, "k2": 6, "eps": 0.6, "gap": 0.02, "min_samples": 4, "share": 0.9, "search": "exact"})",
      .make = &Make};
  return info;
}

}  // namespace bcr
