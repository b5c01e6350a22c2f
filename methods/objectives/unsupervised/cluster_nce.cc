// ClusterNCE: contrast of each feature with the memory of cluster means.
//   logits s = q M^T / t, q unit after-neck features (B x d), M unit cluster memory (K x d, no
//            parameter)
//   loss     mean -log softmax(s_b)[y_b];  label -1 takes no part
// The memory is made anew from the current features before every epoch: the unit mean of each cluster,
// or (initialisation "sample") one of its images, drawn; the authors call the difference without effect.
// After backward:
//   plain: in batch order  m_y <- mu m_y + (1 - mu) q_b, then normalised
//   hard:  once per label, with the batch row that is least similar to m_y
// mu is the weight of the old value. Dai et al., "Cluster Contrast for Unsupervised Person
// Re-Identification", arXiv:2103.11568; rules as in the authors' public code.
#include <ATen/ATen.h>

#include "harness/core/random.h"
#include "harness/train/objective.h"
#include "methods/support/cluster_memory.h"
#include "methods/support/old_space.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

struct Options {
  double temperature = 0.05, momentum = 0.1;
  bool hard = false, sample = false;
};

class ClusterNce : public Objective {
 public:
  explicit ClusterNce(const Options& options) : options_(options) {}

  void Prepare(const TrainingSet& set) override {
    device_ = set.device;
    seed_ = DeriveSeed(set.seed, "cluster-nce");
  }
  void OnLabels(const LabelSet& labels) override { labels_ = labels; }

  void BeginEpoch(const EpochStart& start) override {
    const FloatMatrix& features = start.features();
    const FloatMatrix rows =
        options_.sample
            ? OneRowOfEach(features, labels_, DeriveSeed(seed_, static_cast<uint64_t>(start.epoch)))
            : Centroids(features, labels_).unit;
    memory_ = FromMatrix(rows).to(at::Device(device_));
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor q = UnitRows(batch[Slot::kAfterNeck]);
    const at::Tensor logits = q.matmul(memory_.to(q.scalar_type()).t()) / options_.temperature;
    const at::Tensor loss = CrossEntropy(logits, batch[Slot::kLabels]);
    terms.Add("contrast", MaskedMean(loss, batch[Slot::kValid]));
  }

  void AfterBackward(const Batch& batch) override {
    const at::Tensor q = UnitRows(batch[Slot::kAfterNeck].detach()).to(at::kFloat);
    UpdateMemory(memory_, q, batch.labels, options_.momentum, options_.hard);
  }

 private:
  const Options options_;
  uint64_t seed_ = 0;
  std::string device_ = "cpu";
  LabelSet labels_;
  at::Tensor memory_;
};

}  // namespace

const ObjectiveInfo& objective_cluster_nce() {
  static const ObjectiveInfo info = {
      .name = "cluster-nce",
      .revision = 1,
      .about = "Contrast with a momentum memory of cluster means",
      .source = "Dai et al., arXiv:2103.11568",
      .parameters = R"({"temperature": 0.05, "momentum": 0.1, "update": "plain"})",
      .later_parameters = R"({"initialisation": "mean"})",
      .gradient_checks = R"([{}, {"initialisation": "sample"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        Options options;
        options.temperature = reader.Number("temperature", 1e-4, 10.0);
        options.momentum = reader.Number("momentum", 0.0, 1.0);
        options.hard = reader.Choice("update", {"plain", "hard"}) == "hard";
        options.sample = reader.Choice("initialisation", {"mean", "sample"}) == "sample";
        return std::make_unique<ClusterNce>(options);
      }};
  return info;
}

}  // namespace bcr
