// ArcFace: softmax over cosines with an additive margin on the angle to the own class.
//   c_ij = <x^_i, w^_j>,  t = arccos(c),  z_ij = s cos(t_ij + m 1[j = y_i]),
//   L = mean_i -log softmax(z_i)[y_i]
// x: after-neck features (B x d); w: the rows of the identity head (C x d), both made unit. No bias.
// cos(t + m) rises again beyond t = pi - m: with `fallback` the own logit is s (c - m sin m) there,
// which goes on falling (pytorch-metric-learning has it, fast-reid has not). The own cosine is kept
// within 1e-7 (float64) or 1e-6 (float32) of +-1, where arccos has no derivative. Label -1 takes no
// part.
// The head's logits are s c for everybody else (Slot::kLogits, OldModel::head_scale).
// Defaults: `scale` s 64, `margin` m 0.5 radians, fallback true. Deng et al., "ArcFace: Additive
// Angular Margin Loss for Deep Face Recognition", CVPR 2019, arXiv:1801.07698; both libraries read,
// the paper's own numbers recalled.
#include <ATen/ATen.h>

#include <cmath>

#include "harness/train/objective.h"
#include "methods/support/cosine_head.h"

namespace bcr {

namespace {

class ArcFace : public Objective {
 public:
  ArcFace(double scale, double margin, bool fallback)
      : scale_(scale), margin_(margin), fallback_(fallback) {}

  void Compute(const Batch& batch, Terms& terms) override {
    const at::Tensor cosines = HeadCosines(batch);
    const at::Tensor logits =
        at::where(OwnClass(batch, cosines), WithMargin(cosines), cosines) * scale_;
    AddSoftmax(logits, cosines, batch, terms);
  }

 private:
  at::Tensor WithMargin(const at::Tensor& cosines) const {
    const double edge = cosines.scalar_type() == at::kDouble ? 1e-7 : 1e-6;
    const at::Tensor kept = cosines.clamp(-1 + edge, 1 - edge);
    const at::Tensor turned =
        kept * std::cos(margin_) - (1 - kept * kept).sqrt() * std::sin(margin_);
    if (!fallback_) return turned;
    return at::where(kept < -std::cos(margin_), cosines - margin_ * std::sin(margin_), turned);
  }

  double scale_, margin_;
  bool fallback_;
};

}  // namespace

const ObjectiveInfo& objective_arcface() {
  static const ObjectiveInfo info = {
      .name = "arcface",
      .revision = 1,
      .about = "Softmax over cosines with a margin on the angle to the own class",
      .source = "Deng et al., CVPR 2019; fallback of pytorch-metric-learning",
      .parameters = R"({"scale": 64.0, "margin": 0.5, "fallback": true})",
      .gradient_checks = R"([{}, {"fallback": false}, {"scale": 4.0, "margin": 1.5}])",
      .make = [](JsonReader& reader) -> std::unique_ptr<Objective> {
        const double scale = reader.Number("scale", 0.1, 1000.0);
        const double margin = reader.Number("margin", 0.0, 1.57);
        return std::make_unique<ArcFace>(scale, margin, reader.Bool("fallback"));
      },
      .needs_head = [](const Json&) { return true; },
      .head_scale = [](const Json& parameters) { return parameters.at("scale").get<double>(); },
      .classifies = true};
  return info;
}

}  // namespace bcr
