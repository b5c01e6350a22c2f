// Pseudo labels of Cluster Contrast: before every epoch the current features are clustered by
// DBSCAN on the k-reciprocal Jaccard distance; outliers are left out of the epoch. Dai et al.,
// arXiv:2103.11568; variant and defaults as in the authors' public code (k1 counts the point
// itself). Ground truth is used for the notes only.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/cluster/density/dbscan.h"
#include "harness/cluster/jaccard/jaccard.h"
#include "harness/core/error.h"
#include "harness/train/label_source.h"
#include "methods/support/cluster_notes.h"

namespace bcr {

namespace {

class ClusterContrast : public LabelSource {
 public:
  ClusterContrast(const JaccardOptions& jaccard, int min_samples, const LabelContext& context)
      : jaccard_(jaccard), min_samples_(min_samples), context_(context) {}

  bool Refresh(const EpochStart& start, LabelSet& labels) override {
    const SparseGraph graph = KReciprocalJaccard(start.features().view(), jaccard_);
    labels = LabelSet();
    labels.labels = Dbscan(graph, jaccard_.max_distance, min_samples_);
    labels.classes = NoteClusters(
        start.epoch, labels.labels, context_,
        "Raise eps (too many outliers) or lower it (one cluster), or start from a better model.",
        notes_);
    return true;
  }

  Json Notes() const override { return notes_; }

 private:
  JaccardOptions jaccard_;
  int min_samples_;
  LabelContext context_;
  Json notes_ = Json::array();
};

std::unique_ptr<LabelSource> Make(JsonReader& reader, const LabelContext& context) {
  JaccardOptions jaccard;
  jaccard.k1 = static_cast<int>(reader.Integer("k1", 2, 1000));
  jaccard.k2 = static_cast<int>(reader.Integer("k2", 1, 1000));
  jaccard.max_distance = static_cast<float>(reader.Number("eps", 0.0, 1.0));
  if (jaccard.max_distance >= 1) {  // as float32: KReciprocalJaccard's own bound
    throw Error(ErrorCode::kConfig, {reader.where() + ": eps", "1", "at least 0 and less than 1",
                                     "1 is the distance of images that have nothing in common."});
  }
  const int min_samples = static_cast<int>(reader.Integer("min_samples", 1, 1000));
  return std::make_unique<ClusterContrast>(jaccard, min_samples, context);
}

std::string Warn(const Json& parameters) {
  const double eps = parameters.at("eps").get<double>();
  const int k2 = parameters.at("k2").get<int>();
  if (!IsJaccardAtom(static_cast<float>(eps), k2)) return "";
  return fmt::format(
      "clustering with eps {} and k2 {}: whole groups of images lie at exactly this distance, so "
      "that labels hang on the last bit; another eps does not have that",
      eps, k2);
}

}  // namespace

const LabelSourceInfo& label_source_cluster_contrast() {
  static const LabelSourceInfo info = {
      .name = "cluster-contrast",
      .revision = 1,
      .about = "DBSCAN on k-reciprocal Jaccard distances of the current features",
      .source = "Dai et al., arXiv:2103.11568",
      .parameters = R"({"k1": 30, "k2": 6, "eps": 0.6, "min_samples": 4})",
      .make = &Make,
      .warn = &Warn};
  return info;
}

}  // namespace bcr
