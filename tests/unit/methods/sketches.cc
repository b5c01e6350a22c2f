#include "tests/unit/methods/sketches.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "harness/core/random.h"
#include "harness/train/upload.h"
#include "methods/support/old_space.h"
#include "methods/support/tensor_ops.h"

namespace bcr::testing {

namespace {

// MixBCT: a fraction of the batch's new features is replaced by old features before anyone
// computes.
class MixBct : public Objective {
 public:
  void Prepare(const TrainingSet& set) override {
    seed_ = DeriveSeed(set.seed, "mixbct");
    device_ = set.device;
  }
  void Transform(Batch& batch) override {
    Random random(DeriveSeed(seed_, ++step_));
    const at::Tensor old = batch[Slot::kOldFeatures].to(batch[Slot::kAfterNeck].scalar_type());
    std::vector<int64_t> replaced;
    for (int64_t i = 0; i < old.size(0); ++i) replaced.push_back(random.Chance(0.3) ? 1 : 0);
    const at::Tensor mask = Upload(replaced, device_).to(at::kBool).unsqueeze(1);
    batch.Set(Slot::kAfterNeck, at::where(mask, UnitRows(old), UnitRows(batch[Slot::kAfterNeck])));
    batch.Set(Slot::kOrigin, mask.squeeze(1).to(at::kLong) * 2);
  }
  void Compute(const Batch& batch, Terms& terms) override {
    terms.Log("mixed", batch[Slot::kOrigin].eq(2).to(at::kFloat).mean());
  }
  void Save(std::map<std::string, at::Tensor>& state) override {
    state["step"] = at::tensor({static_cast<int64_t>(step_)}, at::kLong);
  }
  void Load(const std::map<std::string, at::Tensor>& state) override {
    step_ = static_cast<uint64_t>(state.at("step").item<int64_t>());
  }

 private:
  uint64_t seed_ = 0, step_ = 0;
  std::string device_;
};

// AdvBCT: a discriminator with an optimiser of its own and a weight that rises with training;
// gradient reversal by adding a detached term of opposite sign.
class AdvBct : public Objective {
 public:
  void Prepare(const TrainingSet& set) override {
    const auto width = static_cast<int64_t>(set.old_model->features.cols());
    weight_ = at::full({width}, 0.1, at::TensorOptions(at::kFloat).device(set.device))
                  .set_requires_grad(true);
  }
  void Compute(const Batch& batch, Terms& terms) override {
    const double a = 2 / (1 + std::exp(-10 * batch.progress)) - 1;
    const at::Tensor x = batch[Slot::kCompatible];
    const at::Tensor reversed = x * -a + (x * (1 + a)).detach();  // value x, gradient -a
    const at::Tensor weight = weight_.to(x.scalar_type());
    const at::Tensor fresh = at::softplus(reversed.matmul(weight)).mean();
    const at::Tensor old = at::softplus(-batch[Slot::kOldFeatures].matmul(weight)).mean();
    terms.Add("adversary", fresh + old);
    terms.Log("moved", (weight - 0.1).abs().max());
  }
  double WeightAt(double progress) const override { return 0.5 + 0.5 * progress; }
  std::vector<LearnedPart> OwnParts() override {
    return {{"discriminator", {weight_}, {.kind = "sgd", .rate = 0.01}}};
  }

 private:
  at::Tensor weight_;
};

// UniBCT: prototypes refined with the whole training set's current features, at stated epochs only.
class UniBct : public Objective {
 public:
  void Prepare(const TrainingSet& set) override {
    old_ = set.old_model;
    device_ = set.device;
  }
  void OnLabels(const LabelSet& labels) override { labels_ = labels; }
  void BeginEpoch(const EpochStart& start) override {
    if (prototypes_.defined() && start.epoch % 5 != 0) return;
    // A real one propagates old rows along neighbours of the current ones.
    refreshed_with_ = static_cast<int64_t>(start.features().rows());
    const FloatMatrix& old = start.features_of(old_->name);
    prototypes_ = FromMatrix(OldCentroids(old, labels_).unit).to(at::Device(device_));
  }
  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor x = UnitRows(batch[Slot::kCompatible]);
    const at::Tensor logits = x.matmul(prototypes_.to(x.scalar_type()).t());
    terms.Add("prototype", at::cross_entropy_loss(logits, batch[Slot::kLabels]));
    terms.Log("refreshed_with", static_cast<double>(refreshed_with_));
  }
  void Save(std::map<std::string, at::Tensor>& state) override {
    state["prototypes"] = prototypes_;
    state["refreshed_with"] = at::tensor({refreshed_with_}, at::kLong);
  }
  void Load(const std::map<std::string, at::Tensor>& state) override {
    prototypes_ = state.at("prototypes").to(at::Device(device_));
    refreshed_with_ = state.at("refreshed_with").item<int64_t>();
  }

 private:
  const OldModel* old_ = nullptr;
  LabelSet labels_;
  at::Tensor prototypes_;
  int64_t refreshed_with_ = 0;
  std::string device_;
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
  void Prepare(const TrainingSet& set) override {
    head_ = at::zeros({set.classes, set.feature_width},
                      at::TensorOptions(at::kFloat).device(set.device))
                .set_requires_grad(true);
  }
  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor& x = batch[Slot::kAfterNeck];
    const at::Tensor second = x.matmul(head_.to(x.scalar_type()).t());
    const at::Tensor candidates = at::softmax(batch[Slot::kLogits].detach(), 1);
    terms.Add("second_head", -(candidates * at::log_sigmoid(second)).sum(1).mean());
    terms.Log("moved", head_.abs().max());
  }
  std::vector<at::Tensor> Parameters() override { return {head_}; }

 private:
  at::Tensor head_;
};

// SpCL: an instance memory over the whole training set, kept across epochs and updated after
// backward; un-clustered instances stay as classes of their own.
class SpCl : public Objective {
 public:
  void Prepare(const TrainingSet& set) override { device_ = set.device; }
  void BeginEpoch(const EpochStart& start) override {
    if (!memory_.defined()) memory_ = FromMatrix(start.features()).to(at::Device(device_));
  }
  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor x = UnitRows(batch[Slot::kAfterNeck]);
    const at::Tensor logits = x.matmul(memory_.to(x.scalar_type()).t()) / 0.05;
    terms.Add("instance", at::cross_entropy_loss(logits, batch[Slot::kRows]));
  }
  void AfterBackward(const Batch& batch) override {
    const at::Tensor rows = batch[Slot::kRows];
    const at::Tensor mixed = memory_.index_select(0, rows) * 0.2 +
                             UnitRows(batch[Slot::kAfterNeck].detach()).to(at::kFloat) * 0.8;
    memory_.index_copy_(0, rows, UnitRows(mixed));
  }
  void Save(std::map<std::string, at::Tensor>& state) override { state["memory"] = memory_; }
  void Load(const std::map<std::string, at::Tensor>& state) override {
    memory_ = state.at("memory").to(at::Device(device_));
  }

 private:
  std::string device_;
  at::Tensor memory_;
};

template <typename T>
Sketch Describe(const char* name, const char* needs, bool needs_old_model) {
  Sketch sketch;
  sketch.name = name;
  sketch.needs = needs;
  sketch.info.name = name;
  sketch.info.revision = 1;
  sketch.info.needs_old_model = needs_old_model;
  sketch.info.parameters = "{}";
  sketch.info.make = [](JsonReader&) -> std::unique_ptr<Objective> {
    return std::make_unique<T>();
  };
  return sketch;
}

}  // namespace

const std::vector<Sketch>& AllSketches() {
  static const std::vector<Sketch> all = {
      Describe<MixBct>("MixBCT",
                       "replaces features before the others compute; state across a resume", true),
      Describe<AdvBct>("AdvBCT", "an optimiser of its own, a rising weight, gradient reversal",
                       true),
      Describe<UniBct>("UniBCT", "current and old features of the training set at stated epochs",
                       true),
      Describe<Lce>("LCE", "per-class statistics of old features when labels are given; the head",
                    true),
      Describe<MpRl>("MpRL", "generated images by origin, labels that follow the logits", false),
      Describe<AverageK>("Average-K", "a second head, one row a class", false),
      Describe<SpCl>("SpCL", "a memory over the training set, updated after backward, saved",
                     false)};
  return all;
}

}  // namespace bcr::testing
