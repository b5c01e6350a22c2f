#include "methods/support/cluster_labels.h"

#include <deque>
#include <nlohmann/json.hpp>

#include "harness/cluster/label_order.h"
#include "harness/core/matrix.h"
#include "harness/core/random.h"
#include "methods/support/cluster_notes.h"

namespace bcr {
namespace {

constexpr char kHint[] =
    "Let clusters be wider (a larger eps, fewer images a cluster) where all images are outliers, "
    "narrower where there is one cluster, or start from a better model.";

class ClusterLabels : public LabelSource {
 public:
  struct Features {
    bool fresh = true, old = false;
  };
  ClusterLabels(std::string name, Clusterer clusterer, Features of, const LabelContext& context)
      : name_(std::move(name)), clusterer_(std::move(clusterer)), of_(of), context_(context) {
    if (context.old_models.empty()) of_ = {};
  }

  bool Refresh(const EpochStart& start, LabelSet& labels) override {
    ClusterCall call;
    call.seed = DeriveSeed(DeriveSeed(context_.seed, name_), start.epoch);
    labels = LabelSet();
    if (of_.fresh) labels.labels = clusterer_(start.features().view(), call);
    if (of_.old) {
      const std::vector<int64_t>& old = OldLabels();
      labels.labels = of_.fresh ? AgreedLabels(labels.labels, old) : old;
    }
    labels.classes = NoteClusters(start.epoch, labels.labels, context_, kHint, notes_);
    return true;
  }

  Json Notes() const override { return notes_; }

 private:
  // They never change: clustered once, from a stream of their own.
  const std::vector<int64_t>& OldLabels() {
    if (!old_labels_.empty()) return old_labels_;
    FloatMatrix rows = context_.old_models.front()->features;
    NormalizeRows(rows);
    ClusterCall call;
    call.seed = DeriveSeed(DeriveSeed(context_.seed, name_), "old");
    old_labels_ = clusterer_(rows.view(), call);
    return old_labels_;
  }

  const std::string name_;
  const Clusterer clusterer_;
  Features of_;
  const LabelContext context_;
  std::vector<int64_t> old_labels_;
  Json notes_ = Json::array();
};

}  // namespace

std::unique_ptr<LabelSource> NewClusterLabels(const ClustererInfo& info, JsonReader& parameters,
                                              const LabelContext& context) {
  const std::string from = parameters.Choice("from", {"new", "old", "agreed"});
  return std::make_unique<ClusterLabels>(
      info.name, info.make(parameters),
      ClusterLabels::Features{.fresh = from != "old", .old = from != "new"}, context);
}

std::string LaterParametersOf(const ClustererInfo& info) {
  Json later = ParseJson(info.later_parameters, info.name);
  later.update(ParseJson(kClusterLabelParameters, info.name));
  return DumpJsonCompact(later);
}

std::vector<const LabelSourceInfo*> ClusterLabelSources() {
  static const std::deque<LabelSourceInfo> infos = [] {
    std::deque<LabelSourceInfo> made;
    for (const ClustererInfo* info : clusterer_table()) {
      made.push_back({.name = info->name,
                      .revision = info->revision,
                      .about = info->about,
                      .source = info->source,
                      .parameters = info->parameters,
                      .later_parameters = LaterParametersOf(*info),
                      .make =
                          [info](JsonReader& reader, const LabelContext& context) {
                            return NewClusterLabels(*info, reader, context);
                          },
                      .warn = info->warn});
    }
    return made;
  }();
  std::vector<const LabelSourceInfo*> table;
  for (const LabelSourceInfo& info : infos) table.push_back(&info);
  return table;
}

}  // namespace bcr
