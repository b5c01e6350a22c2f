// Focal distillation on features: the regression to the old feature of the same image weighs more
// where a classifier is right about that image, so that what worked goes on working.
//   L = mean_i (alpha + beta m_i) (1 / d_o) |n_i - o_i|^2
// n: new features in the old width, B x d_o; o: old features, without gradient; `rows` raw: as they
// are, or unit: normalised; m_i = 1 where the classifier that `right` names puts image i into its
// class, otherwise 0:
//   old: the old head on o_i; where the old model has none, or knows none of the identities, the
//        nearest of the classes' mean old features (of unit rows)
//   new: the new model's identity head, which only a base learner with a head provides
// An image without a label, or of an identity that the old head has no row of, has m_i = 0. Defaults:
// right old, alpha 1, beta 5, rows raw. Yan et al., "Positive-Congruent Training: Towards
// Regression-Free Model Updates", CVPR 2021, whose focal distillation weighs logits by the old
// model's answers (recalled, not read); the form on raw features and right new are OpenCompatible's,
// read in its trainer.py.
#include <ATen/ATen.h>

#include "harness/train/objective.h"
#include "methods/support/old_head.h"
#include "methods/support/pairs.h"

namespace bcr {

namespace {

struct FocalOptions {
  bool by_new = false;
  double alpha = 1, beta = 5;
  bool unit = false;
};

class FocalRegression : public Objective {
 public:
  explicit FocalRegression(FocalOptions options) : options_(options), head_("auto", 1.0) {}

  void Prepare(const TrainingSet& set) override {
    old_ = set.old_model;
    device_ = set.device;
  }

  void OnLabels(const LabelSet& labels) override {
    if (!options_.by_new) head_.OnLabels(*old_, labels, device_, "objective focal-regression");
  }

  void Compute(const Batch& batch, Terms& terms) override {
    const auto [fresh, old] = NewAndOld(batch, options_.unit);
    const at::Tensor right = Right(batch).to(fresh.scalar_type());
    const at::Tensor squares = (fresh - old).pow(2).mean(1);
    terms.Add("focal", ((options_.alpha + options_.beta * right) * squares).mean());
    terms.Log("right_share", right.mean());
  }

 private:
  at::Tensor Right(const Batch& batch) const {
    const at::Tensor& labels = batch[Slot::kLabels];
    const at::Tensor target = options_.by_new ? labels : head_.Targets(labels);
    const at::Tensor logits = options_.by_new ? batch[Slot::kLogits].detach()
                                              : head_.Logits(batch[Slot::kOldFeatures].detach());
    return logits.argmax(1).eq(target);
  }

  FocalOptions options_;
  OldHead head_;
  const OldModel* old_ = nullptr;
  std::string device_;
};

}  // namespace

const ObjectiveInfo& objective_focal_regression() {
  static const ObjectiveInfo info = {
      .name = "focal-regression",
      .revision = 1,
      .about = "Regression to old features, weighted up where a classifier is right",
      .source = "OpenCompatible's code of Yan et al., CVPR 2021",
      .needs_old_model = true,
      .parameters = R"({"right": "old", "alpha": 1.0, "beta": 5.0, "rows": "raw"})",
      .gradient_checks = R"([{}, {"right": "new"}, {"rows": "unit"}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        FocalOptions options;
        options.by_new = reader.Choice("right", {"old", "new"}) == "new";
        options.alpha = reader.Number("alpha", 0.0, 1000.0);
        options.beta = reader.Number("beta", 0.0, 1000.0);
        options.unit = reader.Choice("rows", {"raw", "unit"}) == "unit";
        return std::make_unique<FocalRegression>(options);
      },
      .needs_head = [](const Json& parameters) { return parameters.at("right") == "new"; }};
  return info;
}

}  // namespace bcr
