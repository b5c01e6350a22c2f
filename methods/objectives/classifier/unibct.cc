// Universal backward-compatible training: an influence loss on prototypes of the old space that were
// refined by the current new model, so that old outliers count less.
//   L = mean over images of CE(scale * <n^, p^_k> over the classes k, y)
// n^: unit new features in the old width (B x d_o); p^_k: the unit refined prototype of class k
// (methods/support/propagation.h: `temperature`, `propagation`), from old unit features and the new
// model's current ones of the whole training set. Refined at the shares `first` and `second` of
// training; before the first the loss is 0. Labels that change are a new set of classes: from
// `first` on their prototypes are refined at each change. Of classes of more than 2,048 images every
// n-th takes part, because a refinement needs m x m numbers. Label -1 takes no part.
// Defaults: temperature 0.05, propagation 0.9, scale 16, first 10/35, second 20/35.
// Zhang et al., "Towards Universal Backward-Compatible Representation Learning", IJCAI 2022,
// arXiv:2203.01583; its body is not public. Shape and schedule as in the code of arXiv:2308.06948
// (UniBCT/refine_prototype.py and train.py, read), which cites its equations. That code normalises
// columns instead of rows, takes features and prototypes as long as they are, and has no scale.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "harness/core/pick_rows.h"
#include "harness/train/objective.h"
#include "methods/support/label_rows.h"
#include "methods/support/propagation.h"
#include "methods/support/prototype_loss.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

constexpr size_t kMostImages = 2048;

struct UniBctOptions {
  double temperature = 0.05, propagation = 0.9, scale = 16, first = 0, second = 0;
};

std::vector<std::vector<size_t>> RowsByClass(const LabelSet& labels) {
  std::vector<std::vector<size_t>> members = RowsByLabel(labels);
  for (std::vector<size_t>& rows : members) {
    if (rows.size() <= kMostImages) continue;
    for (size_t i = 0; i < kMostImages; ++i) rows[i] = rows[i * rows.size() / kMostImages];
    rows.resize(kMostImages);
  }
  return members;
}

class UniBct : public Objective {
 public:
  explicit UniBct(UniBctOptions options) : options_(options) {}

  void Prepare(const TrainingSet& set) override {
    device_ = set.device;
    epochs_ = set.epochs;
    old_ = set.old_model->features;
    NormalizeRows(old_);
  }

  void OnLabels(const LabelSet& labels) override {
    labels_ = labels;
    done_ = 0;
    prototypes_ = at::Tensor();
  }

  void BeginEpoch(const EpochStart& start) override {
    const int64_t due = Refinements(start.epoch);
    if (due == done_) return;
    done_ = due;
    Refine(start.features());
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor loss = prototypes_.defined()
                                ? PrototypeLoss(batch, prototypes_, empty_, options_.scale)
                                : LossType(batch[Slot::kCompatible]).sum() * 0.0;
    terms.Add("prototype", loss);
  }

  void Save(std::map<std::string, at::Tensor>& state) override {
    state["refinements"] = at::tensor({done_}, at::kLong);
    if (prototypes_.defined()) state["prototypes"] = prototypes_;
  }

  void Load(const std::map<std::string, at::Tensor>& state) override {
    done_ = state.at("refinements").item<int64_t>();
    const auto found = state.find("prototypes");
    if (found != state.end()) Take(found->second);
  }

 private:
  int64_t Refinements(int epoch) const {
    const auto reached = [&](double share) {
      return epoch >= static_cast<int>(std::ceil(share * epochs_)) ? 1 : 0;
    };
    return reached(options_.first) + reached(options_.second);
  }

  void Refine(const FloatMatrix& fresh) {
    FloatMatrix prototypes(static_cast<size_t>(labels_.classes), old_.cols());
    size_t k = 0;
    for (const std::vector<size_t>& rows : RowsByClass(labels_)) {
      float* const prototype = prototypes.row(k++);
      if (rows.empty()) continue;
      const FloatMatrix n = PickRows(fresh.view(), rows), o = PickRows(old_.view(), rows);
      const std::vector<double> refined =
          RefinedPrototype(n.view(), o.view(), options_.temperature, options_.propagation);
      std::transform(refined.begin(), refined.end(), prototype,
                     [](double value) { return static_cast<float>(value); });
    }
    NormalizeRows(prototypes);
    Take(FromMatrix(prototypes));
  }

  // Classes without images have a row of zeros.
  void Take(const at::Tensor& prototypes) {
    prototypes_ = prototypes.to(at::Device(device_));
    empty_ = prototypes_.abs().sum(1).eq(0);
  }

  UniBctOptions options_;
  std::string device_;
  int epochs_ = 0;
  FloatMatrix old_;  // N x d_o, unit rows
  LabelSet labels_;
  int64_t done_ = 0;       // refinements of these labels
  at::Tensor prototypes_;  // C x d_o, unit rows; undefined before the first
  at::Tensor empty_;       // C bool
};

}  // namespace

const ObjectiveInfo& objective_unibct() {
  static const ObjectiveInfo info = {
      .name = "unibct",
      .revision = 1,
      .about = "Influence loss on old prototypes that the new model's neighbourhoods refined",
      .source =
          "reconstruction: Zhang et al., IJCAI 2022, as the code of arXiv:2308.06948 cites it",
      .needs_old_model = true,
      .parameters = R"({"temperature": 0.05, "propagation": 0.9, "scale": 16.0,
                        "first": 0.2857142857142857, "second": 0.5714285714285714})",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        UniBctOptions options;
        options.temperature = reader.Number("temperature", 1e-4, 100.0);
        options.propagation = reader.Number("propagation", 0.0, 0.999);
        options.scale = reader.Number("scale", 0.1, 1000.0);
        options.first = reader.Number("first", 0.0, 1.0);
        options.second = reader.Number("second", 0.0, 1.0);
        return std::make_unique<UniBct>(options);
      }};
  return info;
}

}  // namespace bcr
