// Pseudo labels of Mutual Mean-Teaching with DBSCAN: before every epoch the features are clustered on the
// k-reciprocal Jaccard distance; outliers are left out of the epoch. The radius is set before the first
// epoch, from the distances themselves (radius_rule.h: the mean of the smallest share `rho` of all
// pairs), and kept. Ge, Chen and Li, "Mutual Mean-Teaching", ICLR 2020; rules and defaults as in the
// authors' public code, which takes 20 neighbours beside the image itself (variant `mmt`), 6 of local
// query expansion, rho 1.6e-3 and 4 images at least. Features are those of the base recipe: of two
// students the mean of what both teachers say. rho is a share of all pairs: fewer images need a larger
// one for as many neighbours.
#include <ATen/ATen.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/cluster/density/dbscan.h"
#include "harness/cluster/density/radius_rule.h"
#include "harness/cluster/label_order.h"
#include "harness/cluster/neighbour_parameters.h"
#include "harness/core/error.h"
#include "harness/train/label_source.h"
#include "methods/support/cluster_notes.h"

namespace bcr {

namespace {

constexpr char kHint[] =
    "Raise rho (too many outliers) or lower it (one cluster), or start from a better model.";

struct Options {
  JaccardOptions jaccard;  // its bound is the radius
  double rho = 1.6e-3;
  int min_samples = 4;
};

class MutualMeanTeaching : public LabelSource {
 public:
  MutualMeanTeaching(const Options& options, const LabelContext& context)
      : options_(options), context_(context) {}

  bool Refresh(const EpochStart& start, LabelSet& labels) override {
    const MatrixView rows = start.features().view();
    const NeighbourTable table = NearestRows(rows, NeighboursFor(options_.jaccard));
    if (!set_) radius_ = Radius(rows, table, start.epoch);
    set_ = true;
    options_.jaccard.max_distance = static_cast<float>(radius_);
    labels = LabelSet();
    labels.labels = Dbscan(KReciprocalJaccard(rows, table, options_.jaccard),
                           options_.jaccard.max_distance, options_.min_samples);
    labels.classes = NoteClusters(start.epoch, labels.labels, context_, kHint, notes_);
    notes_.back()["eps"] = radius_;
    return true;
  }

  Json Notes() const override { return notes_; }

  void Save(std::map<std::string, at::Tensor>& state) const override {
    if (set_) state["radius"] = at::scalar_tensor(radius_, at::kDouble);
  }
  void Load(const std::map<std::string, at::Tensor>& state) override {
    const auto found = state.find("radius");
    set_ = found != state.end();
    if (set_) radius_ = found->second.item<double>();
  }

 private:
  double Radius(MatrixView rows, const NeighbourTable& table, int epoch) const {
    const double radius = RadiusByShare(rows, table, options_.jaccard, options_.rho);
    if (static_cast<float>(radius) < 1.0F) return radius;
    throw Error(ErrorCode::kTraining,
                {fmt::format("clustering before epoch {}", epoch + 1),
                 "collapsed: the radius by rho is 1, the distance of images with nothing in common",
                 "a radius below 1", "Lower rho."});
  }

  Options options_;
  const LabelContext context_;
  bool set_ = false;
  double radius_ = 0;
  Json notes_ = Json::array();
};

std::unique_ptr<LabelSource> Make(JsonReader& reader, const LabelContext& context) {
  Options options;
  options.jaccard = ReadJaccard(reader);
  options.rho = reader.Number("rho", 1e-9, 1.0);
  options.min_samples = static_cast<int>(reader.Integer("min_samples", 1, 1000));
  return std::make_unique<MutualMeanTeaching>(options, context);
}

}  // namespace

const LabelSourceInfo& label_source_mmt() {
  static const LabelSourceInfo info = {
      .name = "mmt",
      .revision = 1,
      .about = "DBSCAN on k-reciprocal Jaccard distances, with a radius that the first epoch's set",
      .source = "Ge et al., ICLR 2020, as in their code",
      .parameters =
          R"({"variant": "mmt", "k1": 20, "k2": 6, "rho": 0.0016, "min_samples": 4, "search": "exact"})",
      .make = &Make};
  return info;
}

}  // namespace bcr
