// Neighbourhood consensus contrastive learning: a new feature is drawn to the old features of its
// identity in a queue, each as much as the old model finds the two images alike, in the embedding
// space and in that of the classifier's logits.
//   w_ij = (1 + <o^_i, o^_j>) / 2,  p_ij = softmax over the queue of <n^_i, o^_j> / temperature
//   L_emb = -mean over images i of (1 / |P_i|) sum over P_i of w_ij log p_ij
//   L_dis = the same with <z_i, l_j> / temperature: z_i = <n^_i, w^_k> over classes k the new cosine
//           logits, l_j = <o^_j, w^_k> those of the old feature by the new classifier, without gradient
//   L = embedding * L_emb + discrimination * L_dis
// n^, o^: unit new (in the old width, B x d_o) and old features; the queue holds the last `queue`
// images, the batch among them; P_i: those of i's identity. Old features are the stored ones, so the
// queue holds rows and takes labels as they are now. Label -1 takes no part on either side. L_dis is
// left out where the base learner has no classifier or the models' widths differ.
//   credible  leave out of the queue images whose entropy over the class centres exceeds ln(C) / 2:
//             p_ik proportional to exp(-|o^_i - c^_k| / v), v the mean distance to the own centre
// Defaults: queue 8192, temperature 1, embedding 1, discrimination 0.01, credible false.
// Wu et al., "Neighborhood Consensus Contrastive Learning for Backward-Compatible Representation",
// AAAI 2022, arXiv:2108.03372, as reimplemented in the code of arXiv:2308.06948
// (compatible_learning_loss.py, partial_fc.py and Highly_credible_select.py, read). That code has
// empty slots of the queue with similarity 0 (here: none), logits with ArcFace's margin on the label
// and its scale of 64, clamped to [-1, 1] in half precision (here: cosines), and a credibility that
// looks at one centre and so keeps everything. v is this project's choice.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/train/objective.h"
#include "harness/train/upload.h"
#include "methods/support/old_space.h"
#include "methods/support/pairs.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

struct NcclOptions {
  int64_t queue = 8192;
  double temperature = 1, embedding = 1, discrimination = 0.01;
  bool credible = false;
};

// Of each image, whether the old model places it near few class centres.
std::vector<int64_t> Credible(const at::Tensor& unit, const LabelSet& labels) {
  const at::Tensor centres = FromMatrix(Centroids(ToMatrix(unit), labels).unit);
  const at::Tensor label = at::tensor(labels.labels, at::kLong);
  const at::Tensor own = (unit - centres.index_select(0, label.clamp_min(0))).norm(2, 1);
  const double spread = std::max(MaskedMean(own, label.ge(0)).item<double>(), 1e-6);
  const double most = 0.5 * std::log(static_cast<double>(std::max<int64_t>(labels.classes, 1)));
  std::vector<int64_t> credible;
  constexpr int64_t kBlock = 1024;
  for (int64_t first = 0; first < unit.size(0); first += kBlock) {
    const at::Tensor rows = unit.narrow(0, first, std::min(kBlock, unit.size(0) - first));
    const at::Tensor logs = (Distances(rows, centres) / -spread).log_softmax(1);
    const at::Tensor entropy = -(logs.exp() * logs).sum(1);
    const at::Tensor kept = entropy.le(most + 1e-6).to(at::kLong).contiguous();
    credible.insert(credible.end(), kept.data_ptr<int64_t>(),
                    kept.data_ptr<int64_t>() + kept.numel());
  }
  return credible;
}

class Nccl : public Objective {
 public:
  explicit Nccl(NcclOptions options) : options_(options) {}

  void Prepare(const TrainingSet& set) override {
    device_ = set.device;
    unit_ = UnitRows(FromMatrix(set.old_model->features));
    table_ = unit_.to(at::Device(device_));
  }

  void OnLabels(const LabelSet& labels) override {
    labels_ = labels.labels;
    if (options_.credible) credible_ = Credible(unit_, labels);
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const auto [fresh, old] = NewAndOld(batch);
    std::vector<int64_t> rows, labels;
    Queue(batch, rows, labels);
    const at::Tensor queued = table_.index_select(0, Upload(rows, device_)).to(fresh.scalar_type());
    const at::Tensor label = Upload(labels, device_);
    const at::Tensor known = label.ge(0).unsqueeze(0);
    const at::Tensor positives =
        batch[Slot::kLabels].unsqueeze(1).eq(label.unsqueeze(0)).logical_and(known);
    const at::Tensor weights = 0.5 * (1 + old.matmul(queued.t()));
    const auto consensus = [&](const at::Tensor& scores) {
      const at::Tensor logs =
          (scores / options_.temperature)
              .masked_fill(known.logical_not(), -std::numeric_limits<double>::infinity())
              .log_softmax(1);
      return -MaskedMean(
          RowMean(weights * logs.masked_fill(positives.logical_not(), 0.0), positives),
          positives.any(1).logical_and(batch[Slot::kValid]));
    };
    terms.Add("embedding", consensus(fresh.matmul(queued.t())) * options_.embedding);
    terms.Log("queue", static_cast<double>(rows.size()));
    if (options_.discrimination == 0 || !batch.Has(Slot::kHeadWeight)) return;
    const at::Tensor head = UnitRows(batch[Slot::kHeadWeight]).to(fresh.scalar_type());
    if (head.size(1) != queued.size(1)) return;
    // <z_i, l_j> = <W^T z_i, o^_j>: no row of logits is needed for each image of the queue.
    const at::Tensor logits = UnitRows(batch[Slot::kAfterNeck]).matmul(head.t());
    terms.Add("discrimination",
              consensus(logits.matmul(head.detach()).matmul(queued.t())) * options_.discrimination);
  }

  void AfterStep(const Batch& batch) override {
    queue_.insert(queue_.end(), batch.rows.begin(), batch.rows.end());
    const auto most = static_cast<size_t>(options_.queue);
    if (queue_.size() > most)
      queue_.erase(queue_.begin(), queue_.end() - static_cast<std::ptrdiff_t>(most));
  }

  void Save(std::map<std::string, at::Tensor>& state) override {
    state["queue"] = at::tensor(queue_, at::kLong);
  }

  void Load(const std::map<std::string, at::Tensor>& state) override {
    const at::Tensor queue = state.at("queue").to(at::kCPU).contiguous();
    queue_.assign(queue.data_ptr<int64_t>(), queue.data_ptr<int64_t>() + queue.numel());
  }

 private:
  // The queue as it is once the batch has entered it.
  void Queue(const Batch& batch, std::vector<int64_t>& rows, std::vector<int64_t>& labels) const {
    const auto most = static_cast<size_t>(options_.queue);
    const size_t room = most - std::min(most, batch.rows.size());
    const size_t kept = std::min(room, queue_.size());
    rows.assign(queue_.end() - static_cast<std::ptrdiff_t>(kept), queue_.end());
    rows.insert(rows.end(), batch.rows.begin(), batch.rows.end());
    for (size_t i = 0; i < kept; ++i) labels.push_back(labels_[static_cast<size_t>(rows[i])]);
    labels.insert(labels.end(), batch.labels.begin(), batch.labels.end());
    for (size_t i = 0; i < rows.size() && options_.credible; ++i) {
      if (credible_[static_cast<size_t>(rows[i])] == 0) labels[i] = -1;
    }
  }

  NcclOptions options_;
  std::string device_;
  at::Tensor unit_, table_;                 // N x d_o, on the host and on the device
  std::vector<int64_t> labels_, credible_;  // N each; the latter 0 or 1
  std::vector<int64_t> queue_;              // rows, the oldest first
};

}  // namespace

const ObjectiveInfo& objective_nccl() {
  static const ObjectiveInfo info = {
      .name = "nccl",
      .revision = 1,
      .about = "Contrast with a queue of old features, weighted by what the old model finds alike",
      .source = "Wu et al., AAAI 2022, as reimplemented in the code of arXiv:2308.06948",
      .needs_old_model = true,
      .parameters = R"({"queue": 8192, "temperature": 1.0, "embedding": 1.0, "discrimination": 0.01,
                        "credible": false})",
      // The second term holds the classifier fixed on one side: its gradient has a test of its own.
      .gradient_checks = R"([{"discrimination": 0.0, "temperature": 0.2}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        NcclOptions options;
        options.queue = reader.Integer("queue", 0, 10'000'000);
        options.temperature = reader.Number("temperature", 1e-4, 100.0);
        options.embedding = reader.Number("embedding", 0.0, 1e6);
        options.discrimination = reader.Number("discrimination", 0.0, 1e6);
        options.credible = reader.Bool("credible");
        return std::make_unique<Nccl>(options);
      }};
  return info;
}

}  // namespace bcr
