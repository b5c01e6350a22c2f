// ClusterNCE: contrast of each feature with the memory of cluster means.
//   logits s = q M^T / t, q unit after-neck features (B x d), M unit cluster memory (K x d, no
//            parameter)
//   loss     mean -log softmax(s_b)[y_b];  label -1 takes no part
// The memory is made anew from the current features before every epoch: the unit mean of each cluster,
// or (initialisation "sample") one of its images, drawn; the authors call the difference without effect.
// After backward, by `update`:
//   plain:     in batch order  m_y <- mu m_y + (1 - mu) q_b, then normalised
//   hard:      once per label, with the batch row that is least similar to m_y
//   selective: as plain, with selected rows alone: those whose similarity to m_y lies from quantile
//              `band_low` to `band_high` among the label's rows of the batch (cluster_memory.h)
// mu is the weight of the old value. Dai et al., "Cluster Contrast for Unsupervised Person
// Re-Identification", arXiv:2103.11568; rules as in the authors' public code. `selective` is a
// reconstruction of the selective contrastive learning of Jia et al., "Mind Your Clever Neighbours",
// arXiv:2112.01839, of which the abstract alone was read: it says that the update of the memory bank is
// selective, and nothing of the rule. Taken here: a band in the middle, because wrong members of a
// cluster are among the least similar rows, and the most similar ones say little that is new.
#include <ATen/ATen.h>

#include "harness/core/random.h"
#include "harness/train/objective.h"
#include "methods/support/contrast_memory.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

class ClusterNce : public Objective {
 public:
  explicit ClusterNce(const ContrastChoice& choice) : memory_(choice) {}

  void Prepare(const TrainingSet& set) override {
    device_ = set.device;
    seed_ = DeriveSeed(set.seed, "cluster-nce");
  }
  void OnLabels(const LabelSet& labels) override { labels_ = labels; }

  void BeginEpoch(const EpochStart& start) override {
    memory_.Begin(start.features(), labels_, device_,
                  DeriveSeed(seed_, static_cast<uint64_t>(start.epoch)));
  }

  void Compute(const Batch& batch, Terms& terms) override {
    terms.Add("contrast", memory_.Loss(UnitRows(batch[Slot::kAfterNeck]), batch));
  }

  void AfterBackward(const Batch& batch) override {
    memory_.Follow(UnitRows(batch[Slot::kAfterNeck].detach()), batch);
  }

 private:
  uint64_t seed_ = 0;
  std::string device_ = "cpu";
  LabelSet labels_;
  ContrastMemory memory_;
};

}  // namespace

const ObjectiveInfo& objective_cluster_nce() {
  static const ObjectiveInfo info = {
      .name = "cluster-nce",
      .revision = 1,
      .about = "Contrast with a momentum memory of cluster means",
      .source =
          "Dai et al., arXiv:2103.11568; update selective: reconstruction of Jia et al., "
          "arXiv:2112.01839, from its abstract",
      .parameters = kContrastParameters,
      .later_parameters = kLaterContrastParameters,
      .gradient_checks = R"([{}, {"update": "selective"}, {"initialisation": "sample"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        return std::make_unique<ClusterNce>(ReadContrast(reader));
      }};
  return info;
}

}  // namespace bcr
