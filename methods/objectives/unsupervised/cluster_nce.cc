// ClusterNCE: contrast of each feature with the memory of cluster means.
//   logits s = q M^T / t, q unit after-neck features (B x d), M unit cluster memory (K x d, no
//            parameter)
//   loss     mean -log softmax(s_b)[y_b];  label -1 takes no part
// The memory is made anew from the current features before every epoch (unit mean of each cluster).
// After backward:
//   plain: in batch order  m_y <- mu m_y + (1 - mu) q_b, then normalised
//   hard:  once per label, with the batch row that is least similar to m_y
// mu is the weight of the old value. Dai et al., "Cluster Contrast for Unsupervised Person
// Re-Identification", arXiv:2103.11568; rules as in the authors' public code.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/cluster_memory.h"
#include "methods/support/old_space.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

class ClusterNce : public Objective {
 public:
  ClusterNce(double temperature, double momentum, bool hard)
      : temperature_(temperature), momentum_(momentum), hard_(hard) {}

  void Prepare(const TrainingSet& set) override { device_ = set.device; }
  void OnLabels(const LabelSet& labels) override { labels_ = labels; }

  void BeginEpoch(const EpochStart& start) override {
    memory_ = FromMatrix(Centroids(start.features(), labels_).unit).to(at::Device(device_));
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor q = UnitRows(batch[Slot::kAfterNeck]);
    const at::Tensor logits = q.matmul(memory_.to(q.scalar_type()).t()) / temperature_;
    const at::Tensor loss = CrossEntropy(logits, batch[Slot::kLabels]);
    terms.Add("contrast", MaskedMean(loss, batch[Slot::kValid]));
  }

  void AfterBackward(const Batch& batch) override {
    const at::Tensor q = UnitRows(batch[Slot::kAfterNeck].detach()).to(at::kFloat);
    UpdateMemory(memory_, q, batch.labels, momentum_, hard_);
  }

 private:
  double temperature_, momentum_;
  bool hard_;
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
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const double temperature = reader.Number("temperature", 1e-4, 10.0);
        const double momentum = reader.Number("momentum", 0.0, 1.0);
        return std::make_unique<ClusterNce>(temperature, momentum,
                                            reader.Choice("update", {"plain", "hard"}) == "hard");
      }};
  return info;
}

}  // namespace bcr
