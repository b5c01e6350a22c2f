#include "tests/unit/methods/sketches.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "harness/core/random.h"
#include "methods/support/old_space.h"
#include "methods/support/tensor_ops.h"

namespace bcr::testing {

namespace {

// MixBCT: a fraction of the batch's new features is replaced by old features before anyone
// computes.
class MixBct : public Objective {
 public:
  void Prepare(const TrainingSet& set) override { seed_ = DeriveSeed(set.seed, "mixbct"); }
  void Transform(Batch& batch) override {
    Random random(DeriveSeed(seed_, ++step_));
    const at::Tensor old = batch[Slot::kOldFeatures].to(batch[Slot::kAfterNeck].scalar_type());
    std::vector<int64_t> replaced;
    for (int64_t i = 0; i < old.size(0); ++i) replaced.push_back(random.Chance(0.3) ? 1 : 0);
    const at::Tensor mask = at::tensor(replaced, at::kLong).to(at::kBool).unsqueeze(1);
    batch.Set(Slot::kAfterNeck, at::where(mask, UnitRows(old), UnitRows(batch[Slot::kAfterNeck])));
    batch.Set(Slot::kOrigin, mask.squeeze(1).to(at::kLong) * 2);
  }
  void Compute(const Batch& batch, Terms& terms) override {
    terms.Log("mixed", batch[Slot::kOrigin].eq(2).to(at::kFloat).mean().item<double>());
  }
  void Save(std::map<std::string, at::Tensor>& state) override {
    state["step"] = at::tensor({static_cast<int64_t>(step_)}, at::kLong);
  }
  void Load(const std::map<std::string, at::Tensor>& state) override {
    step_ = static_cast<uint64_t>(state.at("step").item<int64_t>());
  }

 private:
  uint64_t seed_ = 0, step_ = 0;
};

// AdvBCT: a discriminator with parameters of its own; gradient reversal by adding a detached term
// of opposite sign.
class AdvBct : public Objective {
 public:
  void Prepare(const TrainingSet& set) override {
    weight_ = at::full({set.feature_width}, 0.1, at::kDouble).set_requires_grad(true);
  }
  void Compute(const Batch& batch, Terms& terms) override {
    const double a = 2 / (1 + std::exp(-10 * batch.progress)) - 1;
    const at::Tensor x = batch[Slot::kCompatible];
    const at::Tensor reversed = x * -a + (x * (1 + a)).detach();  // value x, gradient -a
    const at::Tensor fresh = at::softplus(reversed.matmul(weight_)).mean();
    const at::Tensor old = at::softplus(-batch[Slot::kOldFeatures].matmul(weight_)).mean();
    terms.Add("adversary", fresh + old);
  }
  std::vector<at::Tensor> Parameters() override { return {weight_}; }

 private:
  at::Tensor weight_;
};

// UniBCT: prototypes refined with the whole training set's current features, at stated epochs only.
class UniBct : public Objective {
 public:
  void Prepare(const TrainingSet& set) override { old_ = set.old_model; }
  void OnLabels(const LabelSet& labels) override { labels_ = labels; }
  void BeginEpoch(const EpochStart& start) override {
    if (prototypes_.defined() && start.epoch % 5 != 0) return;
    const FloatMatrix& now =
        start.features();  // a real one propagates old rows along neighbours of these
    refreshed_with_ = static_cast<int64_t>(now.rows());
    prototypes_ = FromMatrix(OldCentroids(old_->features, labels_).unit);
  }
  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor x = UnitRows(batch[Slot::kCompatible]);
    const at::Tensor logits = x.matmul(prototypes_.to(x.scalar_type()).t());
    terms.Add("prototype", at::cross_entropy_loss(logits, batch[Slot::kLabels]));
    terms.Log("refreshed_with", static_cast<double>(refreshed_with_));
  }
  void Save(std::map<std::string, at::Tensor>& state) override {
    state["prototypes"] = prototypes_;
  }
  void Load(const std::map<std::string, at::Tensor>& state) override {
    prototypes_ = state.at("prototypes");
  }

 private:
  const OldModel* old_ = nullptr;
  LabelSet labels_;
  at::Tensor prototypes_;
  int64_t refreshed_with_ = 0;
};

// LCE: the loosest old cosine of each class is a boundary; the head's rows are pulled to the old
// centroids.
class Lce : public Objective {
 public:
  void Prepare(const TrainingSet& set) override { old_ = set.old_model; }
  void OnLabels(const LabelSet& labels) override {
    FloatMatrix unit = old_->features;
    NormalizeRows(unit);
    const at::Tensor centroids = FromMatrix(Centroids(unit, labels).unit);
    const at::Tensor own =
        (FromMatrix(unit) * centroids.index_select(0, at::tensor(labels.labels, at::kLong))).sum(1);
    boundary_ = at::full({labels.classes}, 0.95, at::kFloat);
    for (size_t i = 0; i < labels.labels.size(); ++i) {
      const at::Tensor slot = boundary_[labels.labels[i]];
      slot.copy_(at::minimum(slot, own[static_cast<int64_t>(i)]));
    }
    centroids_ = centroids;
  }
  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor x = UnitRows(batch[Slot::kCompatible]);
    const at::Tensor c = centroids_.to(x.scalar_type());
    const at::Tensor labels = batch[Slot::kLabels];
    const at::Tensor inside = (x * c.index_select(0, labels)).sum(1);
    terms.Add("boundary",
              (boundary_.to(x.scalar_type()).index_select(0, labels) - inside).clamp_min(0).mean());
    terms.Add("align", (1 - (UnitRows(batch[Slot::kHeadWeight]) * c).sum(1)).mean());
  }

 private:
  const OldModel* old_ = nullptr;
  at::Tensor centroids_, boundary_;
};

// MpRL: generated images bear no identity; their soft labels follow the ranks of the current
// logits.
class MpRl : public Objective {
 public:
  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor logits = batch[Slot::kLogits];
    const at::Tensor generated = batch[Slot::kOrigin].eq(1);
    const at::Tensor rank = logits.detach()
                                .argsort(int64_t{1}, false)
                                .argsort(int64_t{1}, false)
                                .to(logits.scalar_type()) +
                            1;
    const at::Tensor soft = rank / rank.sum(1, true);
    const at::Tensor loss = -(soft * at::log_softmax(logits, 1)).sum(1);
    terms.Add("generated", MaskedMean(loss, generated));
  }
};

// Average-K: a second head with parameters of its own on the shared feature, next to the base's.
class AverageK : public Objective {
 public:
  void Prepare(const TrainingSet& set) override { width_ = set.feature_width; }
  void OnLabels(const LabelSet& labels) override {
    if (!head_.defined())
      head_ = at::zeros({labels.classes, width_}, at::kDouble).set_requires_grad(true);
  }
  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor second = batch[Slot::kAfterNeck].matmul(head_.t());
    const at::Tensor candidates = at::softmax(batch[Slot::kLogits].detach(), 1);
    terms.Add("second_head", -(candidates * at::log_sigmoid(second)).sum(1).mean());
  }
  std::vector<at::Tensor> Parameters() override { return {head_}; }

 private:
  int64_t width_ = 0;
  at::Tensor head_;
};

// SpCL: an instance memory over the whole training set, kept across epochs and updated after
// backward; un-clustered instances stay as classes of their own.
class SpCl : public Objective {
 public:
  void BeginEpoch(const EpochStart& start) override {
    if (!memory_.defined()) memory_ = FromMatrix(start.features()).to(at::kDouble);
  }
  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor logits = UnitRows(batch[Slot::kAfterNeck]).matmul(memory_.t()) / 0.05;
    terms.Add("instance", at::cross_entropy_loss(logits, batch[Slot::kRows]));
  }
  void AfterBackward(const Batch& batch) override {
    const at::Tensor rows = batch[Slot::kRows];
    const at::Tensor mixed =
        memory_.index_select(0, rows) * 0.2 + UnitRows(batch[Slot::kAfterNeck].detach()) * 0.8;
    memory_.index_copy_(0, rows, UnitRows(mixed));
  }
  void Save(std::map<std::string, at::Tensor>& state) override { state["memory"] = memory_; }
  void Load(const std::map<std::string, at::Tensor>& state) override {
    memory_ = state.at("memory");
  }

 private:
  at::Tensor memory_;
};

template <typename T>
Sketch Make(const char* name, const char* needs) {
  return {name, needs, std::make_unique<T>()};
}

}  // namespace

std::vector<Sketch> AllSketches() {
  std::vector<Sketch> all;
  all.push_back(
      Make<MixBct>("MixBCT", "replaces features before the others compute; state across a resume"));
  all.push_back(Make<AdvBct>("AdvBCT", "own parameters, training progress, gradient reversal"));
  all.push_back(Make<UniBct>("UniBCT", "features of the whole training set at stated epochs"));
  all.push_back(
      Make<Lce>("LCE", "per-class statistics of old features when labels are given; head weights"));
  all.push_back(Make<MpRl>("MpRL", "generated images by origin, labels that follow the logits"));
  all.push_back(Make<AverageK>("Average-K", "a second head"));
  all.push_back(
      Make<SpCl>("SpCL", "a memory over the training set, updated after backward, saved"));
  return all;
}

}  // namespace bcr::testing
