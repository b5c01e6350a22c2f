// Contrast of each feature with the classes of a memory of all training images (SpCL).
//   M (N x d)  a unit row for each training image, at first its feature, then
//              m_i <- mu m_i + (1 - mu) q_b, normalised, after every step with image i; no parameter
//   z_bc       mean over the rows of class c of (q_b . m_r) / t, q unit after-neck features
//   loss       -log( exp(z_by) / (sum_c exp(z_bc) + 1e-6) + 1e-6 ), over classes that have rows
// An image without a cluster is a class of its own (label source `spcl`), so that no image is left
// out. Clustering reads the memory. Ge et al., "Self-paced Contrastive Learning with Hybrid Memory",
// NeurIPS 2020, arXiv:2006.02713; rules as in the authors' public code, in its unsupervised form.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "harness/train/upload.h"
#include "methods/support/cluster_memory.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

constexpr double kSmall = 1e-6;

class HybridMemory : public Objective {
 public:
  HybridMemory(double temperature, double momentum)
      : temperature_(temperature), momentum_(momentum) {}

  void Prepare(const TrainingSet& set) override { device_ = set.device; }

  void OnLabels(const LabelSet& labels) override {
    labels_ = Upload(labels.labels, device_);
    classes_ = labels.classes;
    if (memory_.defined()) Sum();
  }

  void BeginEpoch(const EpochStart& start) override {
    if (!memory_.defined()) memory_ = FromMatrix(start.features()).to(at::Device(device_));
    // Anew: sums that were only added to differ in their last bits from those of a resumed run.
    Sum();
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor q = UnitRows(batch[Slot::kAfterNeck]);
    const at::Tensor means = (sums_ / counts_.clamp_min(1).unsqueeze(1)).to(q.scalar_type());
    const at::Tensor z = MaskColumns(q.matmul(means.t()) / temperature_, counts_.eq(0));
    // Both small numbers are those of exp(z) as it is, whatever z is made smaller by.
    const at::Tensor most = z.detach().amax(1, true);
    const at::Tensor e = (z - most).exp();
    const at::Tensor own = e.gather(1, batch[Slot::kLabels].clamp_min(0).unsqueeze(1));
    const at::Tensor share = own / (e.sum(1, true) + kSmall * (-most).exp());
    terms.Add("contrast", MaskedMean(-(share + kSmall).log().squeeze(1), batch[Slot::kValid]));
  }

  void AfterBackward(const Batch& batch) override {
    const at::NoGradGuard no_grad;
    const at::Tensor places = batch[Slot::kRows];
    const at::Tensor q = UnitRows(batch[Slot::kAfterNeck].detach()).to(at::kFloat);
    // An image that was drawn twice is summed anew once, behind its last update.
    const at::Tensor before = memory_.index_select(0, places);
    UpdateMemory(memory_, q, batch.rows, {.momentum = momentum_});
    const at::Tensor times =
        places.unsqueeze(0).eq(places.unsqueeze(1)).sum(1).to(at::kFloat).unsqueeze(1);
    AddToSums(labels_.index_select(0, places), (memory_.index_select(0, places) - before) / times);
  }

  bool Remembered(FloatMatrix& rows) const override {
    if (!memory_.defined()) return false;
    rows = ToMatrix(memory_);
    return true;
  }

  void Save(std::map<std::string, at::Tensor>& state) override {
    if (memory_.defined()) state["memory"] = memory_;
  }
  void Load(const std::map<std::string, at::Tensor>& state) override {
    const auto found = state.find("memory");
    if (found == state.end()) return;
    memory_ = found->second.to(at::Device(device_)).clone();
    Sum();
  }

 private:
  // Sums of the memory's rows by class, and how many there are; rows without a class have none.
  void Sum() {
    sums_ = at::zeros({classes_, memory_.size(1)}, memory_.options());
    counts_ = at::zeros({classes_}, memory_.options());
    AddToSums(labels_, memory_);
    const at::Tensor known = labels_.ge(0);
    counts_.index_add_(0, labels_.clamp_min(0), known.to(at::kFloat));
  }

  void AddToSums(const at::Tensor& labels, const at::Tensor& rows) {
    sums_.index_add_(0, labels.clamp_min(0), rows * labels.ge(0).unsqueeze(1));
  }

  double temperature_, momentum_;
  std::string device_ = "cpu";
  int64_t classes_ = 0;
  at::Tensor labels_;         // N
  at::Tensor memory_;         // N x d
  at::Tensor sums_, counts_;  // C x d, C
};

}  // namespace

const ObjectiveInfo& objective_hybrid_memory() {
  static const ObjectiveInfo info = {
      .name = "hybrid-memory",
      .revision = 1,
      .about = "Contrast with the classes of a momentum memory of all images",
      .source = "Ge et al., NeurIPS 2020, arXiv:2006.02713",
      .parameters = R"({"temperature": 0.05, "momentum": 0.2})",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const double temperature = reader.Number("temperature", 1e-4, 10.0);
        return std::make_unique<HybridMemory>(temperature, reader.Number("momentum", 0.0, 1.0));
      }};
  return info;
}

}  // namespace bcr
